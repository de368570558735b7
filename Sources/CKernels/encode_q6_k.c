#ifndef LK_VARIANT
// Q6_K: sixteen sub-blocks of 16 codes −32 … 31 with eight-bit signed scales under a half-precision one.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q6_k.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_pairs.h"

/// Of each 128 codes, the low four bits: byte l of 64 holds code l below code l + 64.
LK_INLINE void LK(put_low_fours)(const lk_bits *codes, uint8_t *out, size_t stride) {
    for (int c = 0; c < 8; c++) {
        lk_bits bytes[16];
        for (int i = 0; i < 16; i++) {
            const int k = c / 4 * 128 + c % 4 * 16 + i;
            bytes[i] = (codes[k] & 15) | ((codes[k + 64] & 15) << 4);
        }
        LK(put)(bytes, 16, out + 16 * c, stride);
    }
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[256], w[256], found[16], scales[16], codes[256], inverse;
    lk_bits stored[256], packed[16];
    LK(gather_finite)(group->values, 0, 256, x);
    if (group->weighted) LK(gather_weights)(group, 256, w);
    else for (int i = 0; i < 256; i++) w[i] = x[i] * x[i];
    for (int j = 0; j < 16; j++) {
        found[j] = LK(symmetric)(16, x + 16 * j, w + 16 * j, 32, 9, &inverse);
        for (int i = 16 * j; i < 16 * j + 16; i++) codes[i] = LK(code)(inverse * x[i], -32, 31);
    }
    const lk_lanes scale = LK(spread_signed)(found, 16, 128, scales);
    for (int j = 0; j < 16; j++) {
        LK(recode)(x + 16 * j, 16, scale * scales[j], LK(splat)(0), -32, 31, codes + 16 * j);
        packed[j] = LK(whole)(scales[j]);
    }
    for (int i = 0; i < 256; i++) stored[i] = LK(whole)(codes[i]) + 32;
    LK(put_low_fours)(stored, out, 210);
    for (int i = 0; i < 256; i++) stored[i] = stored[i] >> 4;
    LK(put_pairs)(stored, out + 128, 210);
    LK(put)(packed, 16, out + 192, 210);
    LK(put_half)(scale, out + 208, 210);
}

#define LK_ENCODER_NAME q6_k
#define LK_LENGTH 256
#define LK_BYTES 210
#include "encode_layout.h"
#endif
