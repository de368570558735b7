#ifndef LK_VARIANT
// TQ2_0: 256 ternary codes in two bits each.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_tq2_0.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_ternary.h"
#include "encode_pairs.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_bits codes[256];
    LK(put_half)(LK(ternary_block)(group, codes), out + 64, 66);
    LK(put_pairs)(codes, out, 66);
}

#define LK_ENCODER_NAME tq2_0
#define LK_LENGTH 256
#define LK_BYTES 66
#include "encode_layout.h"
#endif
