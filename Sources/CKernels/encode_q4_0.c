#ifndef LK_VARIANT
// Q4_0: the scale is searched for as ggml does with an importance matrix; without one every weight counts alike.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q4_0.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_symmetric.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_bits codes[32];
    LK(put_half)(LK(symmetric_block)(group, 8, codes), out, 18);
    LK(put_fours)(codes, out + 2, 18);
}

#define LK_ENCODER_NAME q4_0
#define LK_LENGTH 32
#define LK_BYTES 18
#define LK_NEEDS_ROW_MEAN_SQUARE
#include "encode_layout.h"
#undef LK_NEEDS_ROW_MEAN_SQUARE
#endif
