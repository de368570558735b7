#ifndef LK_VARIANT
// Q5_1: weight = scale · q + least, 32 weights in 24 bytes.
//   0..1   scale, half precision
//   2..3   least, half precision
//   4..7   bit k: the fifth bit of weight k
//   8..23  byte j: low half the other bits of weight j, high half those of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q5_1.c"
#include "variants.h"
#else
#include "fifth_bits.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    lk_lanes scale, least;
    LK(two_halves_at)(weights, &scale, &least);
#if defined(LK_VARIANT_IS_AVX512)
    const lk_lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    LK(five_bits)(
        weights + 8, weights + 4, LK(add_exact)(numbers, scale, least), LK(add_exact)(numbers + 16, scale, least), out);
#else
    const lk_bytes32 codes = LK(five_bits)(weights + 8, weights + 4);
    out[0] = LK(add_exact)(LK(sixteen_of)(codes, 0), scale, least);
    out[1] = LK(add_exact)(LK(sixteen_of)(codes, 1), scale, least);
#endif
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 1
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    const uint8_t *fifth = weights + 4;
    LK(halves_apart)(weights + 8, coded->codes);
    LK_UNROLL for (int j = 0; j < 32; j++)
        coded->codes[j] = (int8_t)(coded->codes[j] | (fifth[j / 8] >> (j % 8) & 1) << 4);
    coded->steps[0] = LK(half)(weights);
    coded->leasts[0] = LK(half)(weights + 2);
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    LK(quick_fives)(block + 8, block + 4, w->stride, 0, codes);
    const __m512i both = LK(one_word)(block, w->stride);
    LK(write)(steps, LK(low_halves)(both));
    LK(write)(leasts, LK(low_halves)(_mm512_srli_epi32(both, 16)));
}
#endif

#define LK_LAYOUT_NAME q5_1
#define LK_GROUPS 2
#define LK_BYTES 24
#include "layout.h"
#endif
