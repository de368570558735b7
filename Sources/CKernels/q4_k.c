#ifndef LK_VARIANT
// Q4_K: weight = d · scale · q − e · minimum, 256 weights in 144 bytes.
//   0..3     d and e, half precision
//   4..15    a scale and a minimum of six bits for every 32 weights, see six_bits.h
//   16..143  byte 32n + l: low half q of weight 64n + l, high half q of weight 64n + 32 + l
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_k.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q4_k
#define LK_BYTES 144
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 32
#define LK_LEAST 1
#include "unpacked.h"
#include "six_bits.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    LK(six_bits)(block, head->steps, head->leasts);
    LK_UNROLL for (int n = 0; n < 4; n++) {
        const lk_bytes32 bytes = LK(read32)(block + 16 + 32 * n);
        LK(put32)(head->codes + 64 * n, bytes & 15);
        LK(put32)(head->codes + 64 * n + 32, bytes >> 4);
    }
}

#include "layout.h"
#endif
