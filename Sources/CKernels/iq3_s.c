#ifndef LK_VARIANT
// IQ3_S: weight = ± step · codebook[p], 256 weights in 110 bytes.
//   0..1      d, half precision
//   2..65     for every 4 weights the lower eight bits of p
//   66..73    the ninth bits, eight a byte
//   74..105   for every 8 weights their signs
//   106..109  a scale s of four bits for every 32 weights, two a byte
// step = d · (1 + 2 · s)
#pragma STDC FP_CONTRACT OFF
#include "codebooks.h"
#define LK_SELF "iq3_s.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME iq3_s
#define LK_BYTES 110
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 32
#define LK_LEAST 0
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const float scale = LK(half)(block);
    for (int run = 0; run < 8; run++) {
        const uint8_t *p = block + 2 + 8 * run;
        const int ninth = block[66 + run];
        head->steps[run] = scale * (float)(1 + 2 * (block[106 + run / 2] >> (4 * (run % 2)) & 15));
        LK_UNROLL for (int j = 0; j < 4; j++) {
            const uint64_t first = lk_codebook_iq3s[p[2 * j] | (ninth >> (2 * j) & 1) << 8];
            const uint64_t second = lk_codebook_iq3s[p[2 * j + 1] | (ninth >> (2 * j + 1) & 1) << 8];
            lk_put_pattern(
                head->codes + 32 * run + 8 * j,
                lk_signed_pattern(first | second << 32, lk_sign_masks[block[74 + 4 * run + j]]));
        }
    }
}

#include "layout.h"
#endif
