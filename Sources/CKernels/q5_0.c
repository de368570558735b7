#ifndef LK_VARIANT
// Q5_0: weight = scale · (q − 16), 32 weights in 22 bytes.
//   0..1   scale, half precision
//   2..5   bit k: the fifth bit of weight k
//   6..21  byte j: low half the other bits of weight j, high half those of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q5_0.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q5_0
#define LK_BYTES 22
#define LK_GROUPS 2
#define LK_STEPS 1
#define LK_RUN 32
#define LK_LEAST 0
#include "unpacked.h"
#include "fifth_bits.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    head->steps[0] = LK(half)(block);
    const lk_bytes32 fifth = LK(fifth_bits)(LK(word)(block + 2));
    LK(put32)(head->codes, (LK(halves)(LK(read16)(block + 6)) | fifth) - 16);
}

#include "layout.h"
#endif
