#ifndef LK_VARIANT
// Q5_K: as Q4_K with codes 0 … 31, the fifth bits apart: bit j of byte l belongs to code 32j + l.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q5_k.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_affine_k.h"
#include "encode_q4_k.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    const lk_affine_k format = {
        .scale_codes = 63, .plain = {31, -0.5f, 0.1f, 15}, .weighted = {31, -0.9f, 0.05f, 36}, .spread = 2};
    lk_affine_block block;
    lk_bits high[32];
    LK(affine_superblock)(group, &format, 32, &block);
    for (int l = 0; l < 32; l++) {
        high[l] = (lk_bits){0};
        for (int j = 0; j < 8; j++) high[l] = high[l] | ((LK(whole)(block.codes[32 * j + l]) >> 4) << j);
    }
    LK(put_half)(block.scale, out, 176);
    LK(put_half)(block.least, out + 2, 176);
    LK(put_sixes)(block.scales, block.leasts, out + 4, 176);
    LK(put)(high, 16, out + 16, 176);
    LK(put)(high + 16, 16, out + 32, 176);
    LK(put_halves)(block.codes, out + 48, 176);
}

#define LK_ENCODER_NAME q5_k
#define LK_LENGTH 256
#define LK_BYTES 176
#include "encode_layout.h"
#endif
