#ifndef LK_VARIANT
// float32: weight = the element itself, 4 bytes little-endian.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "f32.c"
#include "variants.h"
#else

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    __builtin_memcpy(out, weights, sizeof *out);
}

#define LK_LAYOUT_NAME f32
#define LK_GROUPS 1
#define LK_BYTES 64
#define LK_ELEMENT_BYTES 4
#include "layout.h"
#endif
