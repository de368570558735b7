#ifndef LK_VARIANT
// MXFP4 as Hugging Face lays it out: weight = 2^(e − 127) · E2M1 value, 32 weights in 16 bytes and a scale byte elsewhere.
//   0..15  byte j: low half the code of weight 2j, high half that of weight 2j + 1
//   scales one e a block
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"
#define LK_SELF "mxfp4_apart.c"
#include "variants.h"
#else
#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(codes_paired)(weights, values, LK(splat)(lk_half_scales[scales[0]]), out);
}

#define LK_LAYOUT_NAME mxfp4_apart
#define LK_GROUPS 2
#define LK_BYTES 16
#include "layout.h"
#endif
