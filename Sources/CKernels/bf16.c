#ifndef LK_VARIANT
// bfloat16: the upper 16 bits of a float32; every value is exact in float32.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "bf16.c"
#include "variants.h"
#else

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    lk_halves16 h;
    __builtin_memcpy(&h, weights, sizeof h);
    *out = LK(from_bfloat)(h);
}

#define LK_LAYOUT_NAME bf16
#define LK_GROUPS 1
#define LK_BYTES 32
#define LK_ELEMENT_BYTES 2
#include "layout.h"
#endif
