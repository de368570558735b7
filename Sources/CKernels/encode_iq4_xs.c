#ifndef LK_VARIANT
// IQ4_XS: eight sub-blocks of 32 codes into uneven steps, with six-bit signed scales under a half-precision one.
//
// As for IQ4_NL, codes are those nearest under the scales as stored.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_iq4_xs.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_iq4.h"

/// As `improve_scale` for uneven steps.
LK_INLINE void LK(improve_steps)(
    const lk_lanes *x, const lk_lanes *w, const lk_lanes *plain, lk_lanes super, lk_lanes *scale) {
    static const float steps[3] = {0, 1, -1};
    const lk_lanes first = *scale;
    lk_lanes error = LK(splat)(0), plain_error = LK(splat)(0);
    for (int t = 0; t < 3; t++) {
        const lk_lanes tried = first + steps[t], unit = super * tried, inverse = 1 / unit;
        lk_lanes now = LK(splat)(0), plain_now = LK(splat)(0);
        for (int i = 0; i < 32; i++) {
            const lk_lanes off = LK(nearest_step)(x[i] * inverse) * unit - x[i], square = off * off;
            now = LK(fma)(w[i], square, now);
            plain_now = plain ? LK(fma)(plain[i], square, plain_now) : plain_now + square;
        }
        const lk_bits possible = (tried != 0) & (tried >= -32) & (tried < 32);
        const lk_bits better =
            t == 0 ? (lk_bits){0} == 0 : possible & (now < error) & (plain_now <= plain_error);
        error = LK(select)(better, now, error);
        plain_error = LK(select)(better, plain_now, plain_error);
        *scale = LK(select)(better, tried, *scale);
    }
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[256], w[256], plain[256], found[8];
    lk_bits scales[8], codes[32], packed[6] = {{0}};
    LK(gather_finite)(group->values, 0, 256, x);
    if (group->weighted) LK(weigh)(group, 256, x, LK(sum_of_squares)(x, 256) * (2.0f / 256), w);
    if (group->weighted) LK(gather_weights)(group, 256, plain);
    else for (int i = 0; i < 256; i++) w[i] = x[i] * x[i];
    for (int j = 0; j < 8; j++) found[j] = LK(step_scale)(x + 32 * j, w + 32 * j);
    const lk_lanes exact = -LK(extreme)(8, found) / 32, scale = LK(through_half)(exact);
    const lk_lanes inverse = LK(select)(exact != 0, 1 / exact, LK(splat)(0));
    for (int j = 0; j < 8; j++) {
        lk_lanes code = LK(code)(inverse * found[j], -32, 31);
        LK(improve_steps)(x + 32 * j, w + 32 * j, group->weighted ? plain + 32 * j : 0, scale, &code);
        LK(step_codes)(x + 32 * j, scale * code, codes);
        LK(put_fours)(codes, out + 8 + 16 * j, 136);
        scales[j] = LK(whole)(code) + 32;
        packed[j / 4] = packed[j / 4] | ((scales[j] >> 4) << 2 * (j % 4));
        packed[2 + j / 2] = packed[2 + j / 2] | ((scales[j] & 15) << 4 * (j % 2));
    }
    LK(put_half)(scale, out, 136);
    LK(put)(packed, 6, out + 2, 136);
}

#define LK_ENCODER_NAME iq4_xs
#define LK_LENGTH 256
#define LK_BYTES 136
#include "encode_layout.h"
#endif
