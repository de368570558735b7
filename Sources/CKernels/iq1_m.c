#ifndef LK_VARIANT
// IQ1_M: weight = step · (codebook[p] ± ⅛), 256 weights in 56 bytes.
//   0..31   for every 8 weights the lower eight bits of p
//   32..47  for every 8 weights four bits, two a byte: the upper three bits of p, and whether ⅛ is taken off
//   48..55  four words: four scales s of three bits each for every 16 weights, above them a quarter of d, the lowest first
// step = d · (2 · s + 1). Codes are eight times as large and steps an eighth.
#pragma STDC FP_CONTRACT OFF
#include "codebooks.h"
#define LK_SELF "iq1_m.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME iq1_m
#define LK_BYTES 56
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 16
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
    uint8_t d[2];
    d[0] = (uint8_t)(block[49] >> 4 | (block[51] & 0xf0));
    d[1] = (uint8_t)(block[53] >> 4 | (block[55] & 0xf0));
    const float scale = LK(half)(d) * 0.125f;
    for (int run = 0; run < 16; run++) {
        const uint32_t word = LK(short_word)(block + 48 + 2 * (run / 4));
        head->steps[run] = scale * (float)(2 * (word >> (3 * (run % 4)) & 7) + 1);
        LK_UNROLL for (int j = 0; j < 2; j++) {
            const int bits = block[32 + run] >> (4 * j), pattern = block[2 * run + j] | (bits & 7) << 8;
            LK(put_shifted)(head->codes + 16 * run + 8 * j, lk_codebook_iq1[pattern], bits & 8);
        }
    }
}

#include "layout.h"
#endif
