#ifndef LK_VARIANT
// Q6_K: weight = d · scale · (q − 32), 256 weights in 210 bytes.
//   0..127    byte 64n + l: low half the lower bits of weight 128n + l, high half those of weight 128n + 64 + l
//   128..191  byte 32n + l: bits 2g and 2g + 1 are the upper bits of weight 128n + 32g + l
//   192..207  a signed scale for every 16 weights
//   208..209  d, half precision
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q6_k.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME q6_k
#define LK_BYTES 210
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 16
#define LK_LEAST 0
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const lk_signed16 scales = (lk_signed16)LK(read16)(block + 192);
    const lk_lanes numbers = __builtin_convertvector(__builtin_convertvector(scales, lk_bits), lk_lanes);
    LK(write)(head->steps, numbers * LK(half_at)(block + 208));
    LK_UNROLL for (int n = 0; n < 2; n++) {
        const lk_bytes32 upper = LK(read32)(block + 128 + 32 * n);
        LK_UNROLL for (int g = 0; g < 4; g++) {
            const lk_bytes32 bytes = LK(read32)(block + 64 * n + 32 * (g % 2));
            const lk_bytes32 low = g < 2 ? bytes & 15 : bytes >> 4;
            LK(put32)(head->codes + 128 * n + 32 * g, (low | LK(crumbs)(upper, g) << 4) - 32);
        }
    }
}

#include "layout.h"
#endif
