#ifndef LK_VARIANT
// IQ3_XXS: weight = ± step · codebook[p], 256 weights in 98 bytes.
//   0..1    d, half precision
//   2..65   for every 4 weights p
//   66..97  for every 32 weights a word: four times seven signs, above them a scale s of four bits
// step = d · (½ + s) · ½; the eighth sign makes the number of minus signs even.
#pragma STDC FP_CONTRACT OFF
#include "codebooks.h"
#define LK_SELF "iq3_xxs.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME iq3_xxs
#define LK_BYTES 98
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 32
#define LK_LEAST 0
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const float scale = LK(half)(block);
    for (int run = 0; run < 8; run++) {
        const uint8_t *p = block + 2 + 8 * run;
        const uint32_t word = LK(word)(block + 66 + 4 * run);
        head->steps[run] = scale * (0.5f + (float)(word >> 28)) * 0.5f;
        LK_UNROLL for (int j = 0; j < 4; j++) {
            const uint64_t pattern =
                lk_codebook_iq3xxs[p[2 * j]] | (uint64_t)lk_codebook_iq3xxs[p[2 * j + 1]] << 32;
            lk_put_pattern(
                head->codes + 32 * run + 8 * j,
                lk_signed_pattern(pattern, lk_even_sign_masks[word >> (7 * j) & 127]));
        }
    }
}

#include "layout.h"
#endif
