#ifndef LK_VARIANT
// MXFP4: the power of two under which the nearest codes lose least.
//
// ggml takes e = ⌊log2 max|x|⌋ − 2, where magnitudes above 6 · 2ᵉ are cut off; the next power cuts nothing off and is
// coarser. Which loses less is tried; where columns matter differently, also the power below.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_mxfp4.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_fp4.h"

/// 2ⁿ for −126 ≤ n ≤ 127.
LK_INLINE lk_lanes LK(power)(lk_bits n) { return (lk_lanes)((n + 127) << 23); }

/// The error of all codes under 2^(e − 128) times doubled values, in units of 2^(2 · (zero − 128)).
LK_INLINE lk_lanes LK(error_at)(const lk_lanes *x, const lk_lanes *w, int weighted, lk_bits e, lk_lanes *u) {
    const lk_bits up = 128 - e, half = up >> 1;
    const lk_lanes first = LK(power)(half), second = LK(power)(up - half);
    lk_lanes error = LK(splat)(0);
    for (int i = 0; i < 32; i++) {
        u[i] = x[i] * first * second;
        const lk_lanes size = LK(magnitude)(u[i]), off = LK(doubled_fp4)(size) - size;
        error = error + (weighted ? w[i] * off * off : off * off);
    }
    return error;
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[32], w[32], u[32], largest = LK(splat)(0), least = LK(splat)(0);
    lk_bits codes[32], exponent = {0};
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) LK(gather_weights)(group, 32, w);
    for (int i = 0; i < 32; i++) largest = LK(larger)(LK(magnitude)(x[i]), largest);
    const lk_bits plain = ((lk_bits)largest >> 23) - 2;
    float unit = 1;
    for (int step = 0; step < (group->weighted ? 3 : 2); step++) {
        // The power itself, the one above, the one below: a unit of error is 4 times as much at the next power.
        const lk_bits wanted = plain + (step == 2 ? -1 : step), tried = wanted & (wanted > 0);
        unit = step == 1 ? 4 : step == 2 ? 0.25f : 1;
        const lk_lanes error = LK(error_at)(x, w, group->weighted, tried, u) * unit;
        // Above 252 the largest code is no number any more.
        const lk_bits better = step == 0 ? (lk_bits){0} == 0 : (error < least) & (wanted > 0) & (wanted <= 252);
        least = LK(select)(better, error, least);
        exponent = (tried & better) | (exponent & ~better);
    }
    LK(error_at)(x, w, group->weighted, exponent, u);
    for (int i = 0; i < 32; i++) codes[i] = LK(fp4_code)(u[i]);
    LK(put)(&exponent, 1, out, 17);
    LK(put_fours)(codes, out + 1, 17);
}

#define LK_ENCODER_NAME mxfp4
#define LK_LENGTH 32
#define LK_BYTES 17
#include "encode_layout.h"
#endif
