#ifndef LK_VARIANT
// IQ2_XS: weight = ± step · codebook[p], 256 weights in 74 bytes.
//   0..1    d, half precision
//   2..65   for every 8 weights p (nine bits), above it seven signs
//   66..73  a scale s of four bits for every 16 weights, two a byte
// step = d · (½ + s) · ¼; the eighth sign makes the number of minus signs even.
#pragma STDC FP_CONTRACT OFF
#include "codebooks.h"
#define LK_SELF "iq2_xs.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME iq2_xs
#define LK_BYTES 74
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 16
#define LK_LEAST 0
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const float scale = LK(half)(block);
    for (int run = 0; run < 8; run++) {
        head->steps[2 * run] = scale * (0.5f + (float)(block[66 + run] & 15)) * 0.25f;
        head->steps[2 * run + 1] = scale * (0.5f + (float)(block[66 + run] >> 4)) * 0.25f;
        LK_UNROLL for (int j = 0; j < 4; j++) {
            const uint32_t pattern = LK(short_word)(block + 2 + 8 * run + 2 * j);
            lk_put_pattern(
                head->codes + 32 * run + 8 * j,
                lk_signed_pattern(lk_codebook_iq2xs[pattern & 511], lk_even_sign_masks[pattern >> 9]));
        }
    }
}

#include "layout.h"
#endif
