#ifndef LK_VARIANT
// NVFP4: weight = scale · E2M1 value, 64 weights in 36 bytes.
//   0..3   the scale of every 16 weights, unsigned E4M3
//   4..35  byte 8j + i: low half the code of weight 16j + i, high half that of weight 16j + 8 + i
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "nvfp4.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME nvfp4
#define LK_BYTES 36
#define LK_GROUPS 4
#define LK_STEPS 1
#define LK_RUN 16
#define LK_LEAST 0
#include "unpacked.h"
#include "mxfp4.h"

/// The doubled values of sixteen codes.
LK_INLINE lk_bytes16 LK(doubled)(lk_bytes16 codes) {
    const lk_signed16 values = LK_DOUBLED_VALUES;
#if defined(LK_VARIANT_IS_PORTABLE)
    lk_signed16 found;
    for (int i = 0; i < LK_LANES; i++) found[i] = values[codes[i]];
    return (lk_bytes16)found;
#else
    return (lk_bytes16)_mm_shuffle_epi8((__m128i)values, (__m128i)codes);
#endif
}

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    LK_UNROLL for (int pair = 0; pair < 2; pair++) {
        const lk_bytes16 bytes = LK(read16)(block + 4 + 16 * pair), low = bytes & 15, high = bytes >> 4;
        head->steps[2 * pair] = lk_half_e4m3[block[2 * pair]];
        head->steps[2 * pair + 1] = lk_half_e4m3[block[2 * pair + 1]];
        const lk_bytes16 first = __builtin_shufflevector(
            low, high, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
        const lk_bytes16 second = __builtin_shufflevector(
            low, high, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
        LK(put16)(head->codes + 32 * pair, LK(doubled)(first));
        LK(put16)(head->codes + 32 * pair + 16, LK(doubled)(second));
    }
}

#include "layout.h"
#endif
