#ifndef LK_VARIANT
// Q4_1: weight = scale · q + least, 32 weights in 20 bytes.
//   0..1   scale, half precision
//   2..3   least, half precision
//   4..19  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_1.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q4_1
#define LK_BYTES 20
#define LK_GROUPS 2
#define LK_STEPS 1
#define LK_RUN 32
#define LK_LEAST 1
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    head->steps[0] = LK(half)(block);
    head->leasts[0] = LK(half)(block + 2);
    LK(put_halves)(head->codes, LK(read16)(block + 4));
}

#include "layout.h"
#endif
