#ifndef LK_VARIANT
// Q5_0: weight = scale · (q − 16), 32 weights in 22 bytes.
//   0..1   scale, half precision
//   2..5   bit k: the fifth bit of weight k
//   6..21  byte j: low half the other bits of weight j, high half those of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q5_0.c"
#include "variants.h"
#else
#include "fifth_bits.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_lanes scale = LK(half_at)(weights);
#if defined(LK_VARIANT_IS_AVX512)
    const lk_lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    LK(five_bits)(weights + 6, weights + 2, (numbers - 16) * scale, numbers * scale, out);
#else
    const lk_bytes32 codes = LK(five_bits)(weights + 6, weights + 2) - 16;
    out[0] = LK(sixteen_of)(codes, 0) * scale;
    out[1] = LK(sixteen_of)(codes, 1) * scale;
#endif
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    const uint8_t *fifth = weights + 2;
    LK(halves_apart)(weights + 6, coded->codes);
    LK_UNROLL for (int j = 0; j < 32; j++)
        coded->codes[j] = (int8_t)((coded->codes[j] | (fifth[j / 8] >> (j % 8) & 1) << 4) - 16);
    coded->steps[0] = LK(half)(weights);
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    (void)leasts;
    LK(quick_fives)(block + 6, block + 2, w->stride, -16, codes);
    LK(write)(steps, LK(low_halves)(LK(one_word)(block, w->stride)));
}
#endif

#define LK_LAYOUT_NAME q5_0
#define LK_GROUPS 2
#define LK_BYTES 22
#include "layout.h"
#endif
