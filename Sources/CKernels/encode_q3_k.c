#ifndef LK_VARIANT
// Q3_K: sixteen sub-blocks of 16 codes −4 … 3 with six-bit signed scales under a half-precision one.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q3_k.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_pairs.h"

/// Scales 0 … 63: low four bits of 0 … 7 below those of 8 … 15, then the high two bits.
LK_INLINE void LK(put_signed_sixes)(const lk_bits *scales, uint8_t *out, size_t stride) {
    lk_bits bytes[12];
    for (int j = 0; j < 8; j++) bytes[j] = (scales[j] & 15) | ((scales[j + 8] & 15) << 4);
    for (int j = 0; j < 4; j++) {
        bytes[8 + j] = (scales[j] >> 4) | ((scales[j + 4] >> 4) << 2) | ((scales[j + 8] >> 4) << 4)
            | ((scales[j + 12] >> 4) << 6);
    }
    LK(put)(bytes, 12, out, stride);
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[256], w[256], found[16], sums[16], scales[16], codes[256], scale, inverse;
    lk_bits high[32], low[256], packed[16];
    LK(gather_finite)(group->values, 0, 256, x);
    if (group->weighted) {
        LK(weigh)(group, 256, x, LK(sum_of_squares)(x, 256) * 2 / 256, w);
        for (int j = 0; j < 16; j++) {
            found[j] = LK(symmetric)(16, x + 16 * j, w + 16 * j, 4, 9, &inverse);
            sums[j] = LK(sum)(w + 16 * j, 16);
            for (int i = 16 * j; i < 16 * j + 16; i++) codes[i] = LK(code)(inverse * x[i], -4, 3);
        }
        scale = LK(through_half)(LK(symmetric)(16, found, sums, 32, 9, &inverse));
        for (int j = 0; j < 16; j++) scales[j] = LK(code)(inverse * found[j], -32, 31);
    } else {
        for (int j = 0; j < 16; j += 4) LK(descended)(16, x + 16 * j, 4, codes + 16 * j, found + j);
        scale = LK(spread_signed)(found, 16, 32, scales);
    }
    for (int j = 0; j < 16; j++) {
        LK(recode)(x + 16 * j, 16, scale * scales[j], LK(splat)(0), -4, 3, codes + 16 * j);
        packed[j] = LK(whole)(scales[j]) + 32;
    }
    for (int l = 0; l < 32; l++) {
        high[l] = (lk_bits){0};
        for (int j = 0; j < 8; j++) {
            const lk_bits code = LK(whole)(codes[32 * j + l]) + 4;
            low[32 * j + l] = code & 3;
            high[l] = high[l] | ((code >> 2) << j);
        }
    }
    LK(put)(high, 16, out, 110);
    LK(put)(high + 16, 16, out + 16, 110);
    LK(put_pairs)(low, out + 32, 110);
    LK(put_signed_sixes)(packed, out + 96, 110);
    LK(put_half)(scale, out + 108, 110);
}

#define LK_ENCODER_NAME q3_k
#define LK_LENGTH 256
#define LK_BYTES 110
#include "encode_layout.h"
#endif
