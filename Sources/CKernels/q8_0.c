#ifndef LK_VARIANT
// Q8_0: weight = scale · q, 32 weights in 34 bytes.
//   0..1   scale, half precision
//   2..33  q, signed bytes in order
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q8_0.c"
#include "variants.h"
#else

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_lanes scale = LK(half_at)(weights);
    LK_UNROLL for (int g = 0; g < 2; g++) {
        lk_signed16 q;
        __builtin_memcpy(&q, weights + 2 + 16 * g, sizeof q);
        out[g] = __builtin_convertvector(__builtin_convertvector(q, lk_bits), lk_lanes) * scale;
    }
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    __builtin_memcpy(coded->codes, weights + 2, 32);
    coded->steps[0] = LK(half)(weights);
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    (void)leasts;
    LK_UNROLL for (int half = 0; half < 2; half++) {
        __m512i columns[4];
        LK(four_columns)(block + 2 + 16 * half, w->stride, columns);
        LK_UNROLL for (int k = 0; k < 4; k++)
            _mm512_storeu_si512(
                codes + 256 * half + 64 * k, _mm512_xor_si512(columns[k], _mm512_set1_epi8((char)0x80)));
    }
    LK(write)(steps, LK(low_halves)(LK(one_word)(block, w->stride)));
}
#endif

#define LK_LAYOUT_NAME q8_0
#define LK_GROUPS 2
#define LK_BYTES 34
#include "layout.h"
#endif
