#ifndef LK_VARIANT
// Q4_0: weight = scale · (q − 8), 32 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_0.c"
#include "variants.h"
#else

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_lanes steps = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
    // Scaling the sixteen possible weights rounds each as scaling every weight would.
    const lk_lanes table = steps * LK(splat)(LK(half_at)(weights));
    lk_bytes16 q;
    __builtin_memcpy(&q, weights + 2, sizeof q);
    out[0] = LK(look_up)(q & 15, table);
    out[1] = LK(look_up)(q >> 4, table);
}

#define LK_LAYOUT_NAME q4_0
#define LK_GROUPS 2
#define LK_BYTES 18
#include "layout.h"
#endif
