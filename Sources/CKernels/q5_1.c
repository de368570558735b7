#ifndef LK_VARIANT
// Q5_1: weight = scale · q + least, 32 weights in 24 bytes.
//   0..1   scale, half precision
//   2..3   least, half precision
//   4..7   bit k: the fifth bit of weight k
//   8..23  byte j: low half the other bits of weight j, high half those of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q5_1.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q5_1
#define LK_BYTES 24
#define LK_GROUPS 2
#define LK_STEPS 1
#define LK_RUN 32
#define LK_LEAST 1
#include "unpacked.h"
#include "fifth_bits.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    head->steps[0] = LK(half)(block);
    head->leasts[0] = LK(half)(block + 2);
    const lk_bytes32 fifth = LK(fifth_bits)(LK(word)(block + 4));
    LK(put32)(head->codes, LK(halves)(LK(read16)(block + 8)) | fifth);
}

#include "layout.h"
#endif
