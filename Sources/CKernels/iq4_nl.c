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

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    const lk_signed16 values = LK_UNEVEN_VALUES;
    LK(halves_apart)(weights + 2, coded->codes);
    LK(look_up)(coded->codes, values);
    coded->steps[0] = LK(half)(weights);
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    (void)leasts;
    const lk_signed16 values = LK_UNEVEN_VALUES;
    LK(quick_nibbles)(block + 2, w->stride, (lk_bytes16)values ^ 128, codes);
    LK(write)(steps, LK(low_halves)(LK(one_word)(block, w->stride)));
}
#endif

#define LK_LAYOUT_NAME iq4_nl
#define LK_GROUPS 2
#define LK_BYTES 18
#include "layout.h"
#endif
