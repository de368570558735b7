#ifndef LK_VARIANT
// MXFP4 as Hugging Face lays it out: weight = 2^(e − 127) · E2M1 value, 32 weights in 16 bytes and a scale byte elsewhere.
//   0..15  byte j: low half the code of weight 2j, high half that of weight 2j + 1
//   scales one e a block
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"
#define LK_SELF "mxfp4_apart.c"
#include "variants.h"
#else
#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(codes_paired)(weights, values, LK(splat)(lk_half_scales[scales[0]]), out);
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK_UNROLL for (int j = 0; j < 16; j++) {
        coded->codes[2 * j] = (int8_t)(weights[j] & 15);
        coded->codes[2 * j + 1] = (int8_t)(weights[j] >> 4);
    }
    LK(look_up)(coded->codes, values);
    coded->steps[0] = lk_half_scales[scales[0]];
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)leasts;
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(quick_pairs)(block, w->stride, (lk_bytes16)values ^ 128, codes);
    for (int row = 0; row < lk_panel_rows; row++)
        steps[row] = lk_half_scales[w->scales[row * w->scales_stride + (ptrdiff_t)index]];
}
#endif

#define LK_LAYOUT_NAME mxfp4_apart
#define LK_GROUPS 2
#define LK_BYTES 16
#include "layout.h"
#endif
