#ifndef LK_VARIANT
// Q2_K: weight = d · scale · q − e · minimum, 256 weights in 84 bytes.
//   0..15   byte j: low half the scale of weights from 16j on, high half their minimum
//   16..79  byte 32n + l: bits 2g and 2g + 1 are q of weight 128n + 32g + l
//   80..83  d and e, half precision
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q2_k.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q2_k
#define LK_BYTES 84
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 16
#define LK_LEAST 1
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const lk_bytes16 parts = LK(read16)(block);
    const lk_lanes steps = __builtin_convertvector(parts & 15, lk_lanes) * LK(half_at)(block + 80);
    const lk_lanes leasts = __builtin_convertvector(parts >> 4, lk_lanes) * -LK(half_at)(block + 82);
    LK(write)(head->steps, steps);
    LK(write)(head->leasts, leasts);
    LK_UNROLL for (int n = 0; n < 2; n++) {
        const lk_bytes32 bytes = LK(read32)(block + 16 + 32 * n);
        LK_UNROLL for (int g = 0; g < 4; g++) LK(put32)(head->codes + 128 * n + 32 * g, LK(crumbs)(bytes, g));
    }
}

#include "layout.h"
#endif
