#ifndef LK_VARIANT
// Q4_K: eight sub-blocks of 32 codes 0 … 15 with six-bit scales and offsets under two half-precision ones.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q4_k.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_affine_k.h"
#include "encode_q4_k.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    const lk_affine_k format = {
        .scale_codes = 63, .plain = {15, -1, 0.1f, 20}, .weighted = {15, -0.9f, 0.05f, 36}, .spread = 2};
    lk_affine_block block;
    LK(affine_superblock)(group, &format, 32, &block);
    LK(put_half)(block.scale, out, 144);
    LK(put_half)(block.least, out + 2, 144);
    LK(put_sixes)(block.scales, block.leasts, out + 4, 144);
    LK(put_halves)(block.codes, out + 16, 144);
}

#define LK_ENCODER_NAME q4_k
#define LK_LENGTH 256
#define LK_BYTES 144
#include "encode_layout.h"
#endif
