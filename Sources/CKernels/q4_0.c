#ifndef LK_VARIANT
// Q4_0: weight = scale · (q − 8), 32 weights in 18 bytes.
//   0..1   scale, half precision
//   2..17  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_0.c"
#include "variants.h"
#else
#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_signed16 steps = {-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};
    LK(codes_apart)(weights + 2, steps, LK(half_at)(weights), out);
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    LK(halves_apart)(weights + 2, coded->codes);
    LK_UNROLL for (int j = 0; j < 32; j++) coded->codes[j] -= 8;
    coded->steps[0] = LK(half)(weights);
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    (void)leasts;
    const lk_bytes16 entries = {120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135};
    LK(quick_nibbles)(block + 2, w->stride, entries, codes);
    LK(write)(steps, LK(low_halves)(LK(one_word)(block, w->stride)));
}
#endif

#define LK_LAYOUT_NAME q4_0
#define LK_GROUPS 2
#define LK_BYTES 18
#include "layout.h"
#endif
