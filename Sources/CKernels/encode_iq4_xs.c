#ifndef LK_VARIANT
// IQ4_XS: eight sub-blocks of 32 codes into uneven steps, with six-bit signed scales under a half-precision one. The bits
// are ggml's.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_iq4_xs.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_iq4.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[256], w[256], found[8];
    lk_bits scales[8], codes[32], packed[6] = {{0}};
    LK(gather_finite)(group->values, 0, 256, x);
    if (group->weighted) LK(weigh)(group, 256, x, LK(sum_of_squares)(x, 256) * (2.0f / 256), w);
    else for (int i = 0; i < 256; i++) w[i] = x[i] * x[i];
    for (int j = 0; j < 8; j++) found[j] = LK(step_scale)(x + 32 * j, w + 32 * j);
    const lk_lanes scale = -LK(extreme)(8, found) / 32;
    const lk_lanes inverse = LK(select)(scale != 0, 1 / scale, LK(splat)(0));
    for (int j = 0; j < 8; j++) {
        const lk_lanes code = LK(code)(inverse * found[j], -32, 31);
        LK(step_codes)(x + 32 * j, scale * code, codes);
        LK(put_fours)(codes, out + 8 + 16 * j, 136);
        scales[j] = LK(whole)(code) + 32;
        packed[j / 4] = packed[j / 4] | ((scales[j] >> 4) << 2 * (j % 4));
        packed[2 + j / 2] = packed[2 + j / 2] | ((scales[j] & 15) << 4 * (j % 2));
    }
    LK(put_half)(LK(through_half)(scale), out, 136);
    LK(put)(packed, 6, out + 2, 136);
}

#define LK_ENCODER_NAME iq4_xs
#define LK_LENGTH 256
#define LK_BYTES 136
#include "encode_layout.h"
#endif
