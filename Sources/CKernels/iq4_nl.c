#ifndef LK_VARIANT
// IQ4_NL: weight = scale · values[q], 32 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "iq4_nl.c"
#include "variants.h"
#else
#include "codes.h"
#include "uneven.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_signed16 values = LK_UNEVEN_VALUES;
    LK(codes_apart)(weights + 2, values, LK(half_at)(weights), out);
}

#define LK_LAYOUT_NAME iq4_nl
#define LK_GROUPS 2
#define LK_BYTES 18
#include "layout.h"
#endif
