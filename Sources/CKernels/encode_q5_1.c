#ifndef LK_VARIANT
// Q5_1: as Q4_1 with a fifth bit, kept apart.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_q5_1.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_affine.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) { LK(put_affine)(group, 31, out, 24); }

#define LK_ENCODER_NAME q5_1
#define LK_LENGTH 32
#define LK_BYTES 24
#define LK_NEEDS_ROW_MEAN_SQUARE
#include "encode_layout.h"
#undef LK_NEEDS_ROW_MEAN_SQUARE
#endif
