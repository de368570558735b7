#ifndef LK_VARIANT
// TQ2_0: weight = scale · (q − 1), 256 weights in 66 bytes.
//   0..63   byte 32n + l: bits 2g and 2g + 1 are q of weight 128n + 32g + l
//   64..65  scale, half precision
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "tq2_0.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME tq2_0
#define LK_BYTES 66
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 256
#define LK_LEAST 0
#include "unpacked.h"

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    head->steps[0] = LK(half)(block + 64);
    LK_UNROLL for (int n = 0; n < 2; n++) {
        const lk_bytes32 bytes = LK(read32)(block + 32 * n);
        LK_UNROLL for (int g = 0; g < 4; g++) LK(put32)(head->codes + 128 * n + 32 * g, LK(crumbs)(bytes, g) - 1);
    }
}

#include "layout.h"
#endif
