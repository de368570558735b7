#ifndef LK_VARIANT
// Q8_0: d = max|x| / 127 in half precision, q = x / d rounded.
//
// ggml rounds with d as it was before half precision; rounding with d as it is stored is never further from x.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q8_0.c"
#include "variants.h"
#else
#include "encode.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[32], largest = LK(splat)(0);
    lk_bits codes[32];
    LK(gather_finite)(group->values, 0, 32, x);
    for (int i = 0; i < 32; i++) largest = LK(larger)(LK(magnitude)(x[i]), largest);
    const lk_lanes scale = LK(through_half)(largest / 127);
    const lk_lanes inverse = LK(select)(scale > 0, 1 / scale, LK(splat)(0));
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(code)(x[i] * inverse, -127, 127));
    LK(put_half)(scale, out, 34);
    LK(put)(codes, 16, out + 2, 34);
    LK(put)(codes + 16, 16, out + 18, 34);
}

#define LK_ENCODER_NAME q8_0
#define LK_LENGTH 32
#define LK_BYTES 34
#include "encode_layout.h"
#endif
