#ifndef LK_VARIANT
// Q4_0: weight = scale · (q − 8), 32 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_0.c"
#include "variants.h"
#else
#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_signed16 steps = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
    LK(codes_apart)(weights + 2, steps, LK(half_at)(weights), out);
}

#define LK_LAYOUT_NAME q4_0
#define LK_GROUPS 2
#define LK_BYTES 18
#include "layout.h"
#endif
