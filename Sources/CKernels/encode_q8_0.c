#ifndef LK_VARIANT
// Q8_0: d = max|x| / 127, q = x · (1 / d) rounded, halves away from zero; d is stored in half precision. The bits are ggml's.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q8_0.c"
#include "variants.h"
#else
#include "encode.h"

/// The nearest whole number of a magnitude of at most 127, halves away from zero: what the largest number below a half takes
/// over the next whole one is cut off.
LK_INLINE lk_bits LK(rounded)(lk_lanes x) {
    const lk_bits sign = (lk_bits)x & (lk_bits)LK(splat)(-0.0f);
    return LK(whole)(x + (lk_lanes)(sign | (lk_bits)LK(splat)(0x1.fffffep-2f)));
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[32], largest = LK(splat)(0);
    lk_bits codes[32];
    LK(gather_finite)(group->values, 0, 32, x);
    for (int i = 0; i < 32; i++) largest = LK(larger)(LK(magnitude)(x[i]), largest);
    const lk_lanes scale = largest / 127, inverse = LK(select)(scale > 0, 1 / scale, LK(splat)(0));
    for (int i = 0; i < 32; i++) codes[i] = LK(rounded)(LK(within)(x[i] * inverse, -127, 127));
    LK(put_half)(LK(through_half)(scale), out, 34);
    LK(put)(codes, 16, out + 2, 34);
    LK(put)(codes + 16, 16, out + 18, 34);
}

#define LK_ENCODER_NAME q8_0
#define LK_LENGTH 32
#define LK_BYTES 34
#include "encode_layout.h"
#endif
