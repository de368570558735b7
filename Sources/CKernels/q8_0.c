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

#define LK_LAYOUT_NAME q8_0
#define LK_GROUPS 2
#define LK_BYTES 34
#include "layout.h"
#endif
