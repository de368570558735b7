#ifndef LK_VARIANT
// Q5_0: as Q4_0 with a fifth bit, kept apart.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q5_0.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_symmetric.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_bits codes[32];
    LK(put_half)(LK(symmetric_block)(group, 16, codes), out, 22);
    LK(put_fives)(codes, out + 2, 22);
}

#define LK_ENCODER_NAME q5_0
#define LK_LENGTH 32
#define LK_BYTES 22
#define LK_NEEDS_ROW_MEAN_SQUARE
#include "encode_layout.h"
#undef LK_NEEDS_ROW_MEAN_SQUARE
#endif
