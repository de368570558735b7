#ifndef LK_VARIANT
// IQ2_S: weight = ± step · codebook[p], 256 weights in 82 bytes.
//   0..1    d, half precision
//   2..33   for every 8 weights the lower eight bits of p
//   34..65  for every 8 weights their signs
//   66..73  the upper two bits of p, four a byte
//   74..81  a scale s of four bits for every 16 weights, two a byte
// step = d · (½ + s) · ¼
#pragma STDC FP_CONTRACT OFF
#include "codebooks.h"
#define LK_SELF "iq2_s.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME iq2_s
#define LK_BYTES 82
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 16
#define LK_LEAST 0
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const float scale = LK(half)(block);
    for (int run = 0; run < 8; run++) {
        head->steps[2 * run] = scale * (0.5f + (float)(block[74 + run] & 15)) * 0.25f;
        head->steps[2 * run + 1] = scale * (0.5f + (float)(block[74 + run] >> 4)) * 0.25f;
        LK_UNROLL for (int j = 0; j < 4; j++) {
            const int pattern = block[2 + 4 * run + j] | (block[66 + run] >> (2 * j) & 3) << 8;
            lk_put_pattern(
                head->codes + 32 * run + 8 * j,
                lk_signed_pattern(lk_codebook_iq2s[pattern], lk_sign_masks[block[34 + 4 * run + j]]));
        }
    }
}

#include "layout.h"
#endif
