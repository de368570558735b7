#ifndef LK_VARIANT
// Q4_1: scale and offset are searched for as ggml does with an importance matrix, except that the offset may have either
// sign; without one every weight counts alike.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q4_1.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_affine.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_bits codes[32];
    lk_lanes scale, offset;
    LK(affine_block)(group, 15, &scale, &offset, codes);
    LK(put_half)(scale, out, 20);
    LK(put_half)(offset, out + 2, 20);
    LK(put_fours)(codes, out + 4, 20);
}

#define LK_ENCODER_NAME q4_1
#define LK_LENGTH 32
#define LK_BYTES 20
#define LK_NEEDS_ROW_MEAN_SQUARE
#include "encode_layout.h"
#undef LK_NEEDS_ROW_MEAN_SQUARE
#endif
