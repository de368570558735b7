#ifndef LK_VARIANT
// IQ1_S: weight = step · (codebook[p] ± ⅛), 256 weights in 50 bytes.
//   0..1    d, half precision
//   2..33   for every 8 weights the lower eight bits of p
//   34..49  for every 32 weights a word: four times the upper three bits of p, a scale s of three bits, and the shift's sign
// step = d · (2 · s + 1). Codes are eight times as large and steps an eighth.
#pragma STDC FP_CONTRACT OFF
#include "codebooks.h"
#define LK_SELF "iq1_s.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME iq1_s
#define LK_BYTES 50
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 32
#define LK_LEAST 0
#include "unpacked.h"

/// Eight times a pattern of −1, 0 and 1, and one more or less.
LK_INLINE void LK(put_shifted)(int8_t *codes, uint64_t pattern, int is_less) {
    lk_signed8 weights;
    __builtin_memcpy(&weights, &pattern, sizeof weights);
    weights += (int8_t)(is_less ? -1 : 1);
    __builtin_memcpy(codes, &weights, sizeof weights);
}

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    const float scale = LK(half)(block) * 0.125f;
    for (int run = 0; run < 8; run++) {
        const uint32_t word = LK(short_word)(block + 34 + 2 * run);
        head->steps[run] = scale * (float)(2 * (word >> 12 & 7) + 1);
        LK_UNROLL for (int j = 0; j < 4; j++) {
            const uint32_t pattern = block[2 + 4 * run + j] | (word >> (3 * j) & 7) << 8;
            LK(put_shifted)(head->codes + 32 * run + 8 * j, lk_codebook_iq1[pattern], (int)(word >> 15));
        }
    }
}

#include "layout.h"
#endif
