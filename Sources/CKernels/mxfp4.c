#ifndef LK_VARIANT
// MXFP4 as ggml lays it out: weight = 2^(e − 127) · E2M1 value, 32 weights in 17 bytes.
//   0      e, the scale's exponent
//   1..16  byte j: low half the code of weight j, high half that of weight j + 16
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"
#define LK_SELF "mxfp4.c"
#include "variants.h"
#else
#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(codes_apart)(weights + 1, values, LK(splat)(lk_half_scales[weights[0]]), out);
}

#define LK_LAYOUT_NAME mxfp4
#define LK_GROUPS 2
#define LK_BYTES 17
#include "layout.h"
#endif
