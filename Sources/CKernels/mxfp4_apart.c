#ifndef LK_VARIANT
// MXFP4 as Hugging Face lays it out: weight = 2^(e − 127) · E2M1 value, 32 weights in 16 bytes and a scale byte elsewhere.
//   0..15  byte j: low half the code of weight 2j, high half that of weight 2j + 1
//   scales one e a block
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "mxfp4_apart.c"
#include "variants.h"
#else
#include "mxfp4.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    const lk_lanes table = LK(scaled_values)(scales[0]);
    lk_bytes16 codes;
    __builtin_memcpy(&codes, weights, sizeof codes);
    const lk_bytes16 even = codes & 15, odd = codes >> 4;
    out[0] = LK(look_up)(
        __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), table);
    out[1] = LK(look_up)(
        __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), table);
}

#define LK_LAYOUT_NAME mxfp4_apart
#define LK_GROUPS 2
#define LK_BYTES 16
#include "layout.h"
#endif
