#ifndef LK_VARIANT
// Q1_0: weight = its bit is set ? magnitude : −magnitude, 128 weights in 18 bytes.
//   0..1   magnitude, half precision
//   2..17  bit i of byte j is that of weight 8j + i
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q1_0.c"
#include "variants.h"
#else
LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_words places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const lk_words magnitude = (lk_words)LK(half_at)(weights);
    LK_UNROLL for (int g = 0; g < 8; g++) {
        uint16_t bits;
        __builtin_memcpy(&bits, weights + 2 + 2 * g, sizeof bits);
        const lk_words wide = (lk_words){0} + (uint32_t)~bits;
        out[g] = (lk_lanes)(magnitude ^ (wide >> places) << 31);
    }
}

#define LK_WEIGHTS 128
#define LK_RUN 128
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    for (int j = 0; j < 128; j++) coded->codes[j] = (int8_t)((weights[2 + j / 8] >> (j % 8) & 1) * 2 - 1);
    coded->steps[0] = LK(half)(weights);
}

#define LK_LAYOUT_NAME q1_0
#define LK_GROUPS 8
#define LK_BYTES 18
#include "layout.h"
#endif
