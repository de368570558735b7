#ifndef LK_VARIANT
// Q8_0: d = max|x| / 127, q = x · (1 / d) rounded, halves away from zero; d is stored in half precision. The bits are ggml's.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q8_0.c"
#include "variants.h"
#else
#include "encode.h"

/// The nearest whole number, halves away from zero.
LK_INLINE lk_lanes LK(rounded)(lk_lanes x) {
    const lk_lanes even = LK(nearest)(x), half = LK(magnitude)(x) - LK(magnitude)(even);
    return even + LK(select)(half == 0.5f, LK(select)(x > 0, LK(splat)(1), LK(splat)(-1)), LK(splat)(0));
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[32], largest = LK(splat)(0);
    lk_bits codes[32];
    LK(gather_finite)(group->values, 0, 32, x);
    for (int i = 0; i < 32; i++) largest = LK(larger)(LK(magnitude)(x[i]), largest);
    const lk_lanes scale = largest / 127, inverse = LK(select)(scale > 0, 1 / scale, LK(splat)(0));
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(within)(LK(rounded)(x[i] * inverse), -127, 127));
    LK(put_half)(LK(through_half)(scale), out, 34);
    LK(put)(codes, 16, out + 2, 34);
    LK(put)(codes + 16, 16, out + 18, 34);
}

#define LK_ENCODER_NAME q8_0
#define LK_LENGTH 32
#define LK_BYTES 34
#include "encode_layout.h"
#endif
