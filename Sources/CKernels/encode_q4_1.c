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

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) { LK(put_affine)(group, 15, out, 20); }

#define LK_ENCODER_NAME q4_1
#define LK_LENGTH 32
#define LK_BYTES 20
#define LK_NEEDS_ROW_MEAN_SQUARE
#include "encode_layout.h"
#undef LK_NEEDS_ROW_MEAN_SQUARE
#endif
