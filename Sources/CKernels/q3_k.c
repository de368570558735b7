#ifndef LK_VARIANT
// Q3_K: weight = d · (scale − 32) · (q − 4), 256 weights in 110 bytes.
//   0..31     bit j of byte l: the upper bit of weight 32j + l
//   32..95    byte 32n + l: bits 2g and 2g + 1 are the lower bits of weight 128n + 32g + l
//   96..107   sixteen scales: four lower bits in the halves of the first eight bytes, two upper ones in the other four
//   108..109  d, half precision
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q3_k.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q3_k
#define LK_BYTES 110
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 16
#define LK_LEAST 0
#include "unpacked.h"

/// Sixteen scales of six bits, less 32.
LK_INLINE lk_lanes LK(scales)(const uint8_t *bytes) {
    const uint32_t a = LK(word)(bytes), b = LK(word)(bytes + 4), upper = LK(word)(bytes + 8);
    const uint32_t lower = 0x0f0f0f0f, two = 0x03030303;
    const uint32_t words[4] = {
        (a & lower) | (upper & two) << 4, (b & lower) | (upper >> 2 & two) << 4,
        (a >> 4 & lower) | (upper >> 4 & two) << 4, (b >> 4 & lower) | (upper >> 6 & two) << 4};
    lk_signed16 codes;
    __builtin_memcpy(&codes, words, sizeof codes);
    return __builtin_convertvector(__builtin_convertvector(codes - 32, lk_bits), lk_lanes);
}

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    LK(write)(head->steps, LK(scales)(block + 96) * LK(half_at)(block + 108));
    const lk_bytes32 upper = LK(read32)(block);
    LK_UNROLL for (int n = 0; n < 2; n++) {
        const lk_bytes32 bytes = LK(read32)(block + 32 + 32 * n);
        LK_UNROLL for (int g = 0; g < 4; g++) {
            const lk_bytes32 high = (upper >> (uint8_t)(4 * n + g) & 1) << 2;
            LK(put32)(head->codes + 128 * n + 32 * g, (LK(crumbs)(bytes, g) | high) - 4);
        }
    }
}

#include "layout.h"
#endif
