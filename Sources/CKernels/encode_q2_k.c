#ifndef LK_VARIANT
// Q2_K: sixteen sub-blocks of 16 codes 0 … 3 with four-bit scales and offsets under two half-precision ones.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q2_k.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_affine_k.h"
#include "encode_pairs.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    const lk_affine_k format = {
        .scale_codes = 15, .plain = {3, -0.5f, 0.1f, 15, 1}, .weighted = {3, -0.9f, 0.05f, 36}, .spread = 1};
    lk_affine_block block;
    lk_bits scales[16], codes[256];
    LK(affine_superblock)(group, &format, 16, &block);
    for (int j = 0; j < 16; j++) scales[j] = LK(whole)(block.scales[j]) | (LK(whole)(block.leasts[j]) << 4);
    for (int i = 0; i < 256; i++) codes[i] = LK(whole)(block.codes[i]);
    LK(put)(scales, 16, out, 84);
    LK(put_pairs)(codes, out + 16, 84);
    LK(put_half)(block.scale, out + 80, 84);
    LK(put_half)(block.least, out + 82, 84);
}

#define LK_ENCODER_NAME q2_k
#define LK_LENGTH 256
#define LK_BYTES 84
#include "encode_layout.h"
#endif
