#ifndef LK_VARIANT
// Q2_0: weight = scale · (q − 1), 64 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  bits 2i and 2i + 1 of byte j are q of weight 4j + i
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q2_0.c"
#include "variants.h"
#else
LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_words places = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
    const lk_lanes scale = LK(half_at)(weights);
    LK_UNROLL for (int g = 0; g < 4; g++) {
        uint32_t codes;
        __builtin_memcpy(&codes, weights + 2 + 4 * g, sizeof codes);
        const lk_words wide = (lk_words){0} + codes;
        out[g] = __builtin_convertvector((lk_bits)(wide >> places & 3) - 1, lk_lanes) * scale;
    }
}

#define LK_WEIGHTS 64
#define LK_RUN 64
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    for (int j = 0; j < 64; j++) coded->codes[j] = (int8_t)((weights[2 + j / 4] >> (2 * (j % 4)) & 3) - 1);
    coded->steps[0] = LK(half)(weights);
}

#define LK_LAYOUT_NAME q2_0
#define LK_GROUPS 4
#define LK_BYTES 18
#include "layout.h"
#endif
