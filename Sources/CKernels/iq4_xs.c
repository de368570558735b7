#ifndef LK_VARIANT
// IQ4_XS: weight = d · (scale − 32) · values[q], 256 weights in 136 bytes.
//   0..1    d, half precision
//   2..3    bits 2g and 2g + 1: the upper bits of the scale of weights from 32g on
//   4..7    its lower four bits, two scales a byte
//   8..135  byte 16g + j: low half q of weight 32g + j, high half q of weight 32g + 16 + j
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "iq4_xs.c"
#include "variants.h"
#else
#include "codes.h"
#include "uneven.h"

typedef struct {
    const uint8_t *codes;
    float steps[8];
} LK(head);

LK_INLINE void LK(open)(const uint8_t *block, LK(head) *head) {
    uint16_t upper;
    uint32_t lower;
    __builtin_memcpy(&upper, block + 2, sizeof upper);
    __builtin_memcpy(&lower, block + 4, sizeof lower);
    const float scale = LK(half)(block);
    LK_UNROLL for (int g = 0; g < 8; g++) {
        const int code = (int)(lower >> (4 * g) & 15) | (upper >> (2 * g) & 3) << 4;
        head->steps[g] = scale * (float)(code - 32);
    }
    head->codes = block + 8;
}

LK_INLINE void LK(step)(const LK(head) *head, size_t step, lk_lanes *out) {
    const lk_signed16 values = LK_UNEVEN_VALUES;
    LK(codes_apart)(head->codes + 16 * step, values, LK(splat)(head->steps[step]), out);
}

#define LK_WEIGHTS 256
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    const lk_signed16 values = LK_UNEVEN_VALUES;
    LK(head) head;
    LK(open)(weights, &head);
    LK_UNROLL for (int g = 0; g < 8; g++) {
        LK(halves_apart)(head.codes + 16 * g, coded->codes + 32 * g);
        LK(look_up)(coded->codes + 32 * g, values);
        coded->steps[g] = head.steps[g];
    }
}

#define LK_LAYOUT_NAME iq4_xs
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_BYTES 136
#include "layout.h"
#endif
