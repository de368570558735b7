#ifndef LK_VARIANT
// MXFP4 as ggml lays it out: weight = 2^(e − 127) · E2M1 value, 32 weights in 17 bytes.
//   0      e, the scale's exponent
//   1..16  byte j: low half the code of weight j, high half that of weight j + 16
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"
#define LK_SELF "mxfp4.c"
#include "variants.h"
#else
#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(codes_apart)(weights + 1, values, LK(splat)(lk_half_scales[weights[0]]), out);
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(halves_apart)(weights + 1, coded->codes);
    LK(look_up)(coded->codes, values);
    coded->steps[0] = lk_half_scales[weights[0]];
}

#if defined(LK_VARIANT_IS_AVX512)
/// Half the scales of sixteen exponents, computed: 2^(e − 128), of which the lowest two are no normal numbers.
LK_INLINE lk_lanes LK(half_scales)(__m512i exponents) {
    const __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(exponents, _mm512_set1_epi32(1)), 23);
    const __m512i low = _mm512_sllv_epi32(_mm512_set1_epi32(0x00200000), exponents);
    return (lk_lanes)_mm512_mask_blend_epi32(
        _mm512_cmplt_epu32_mask(exponents, _mm512_set1_epi32(2)), normal, low);
}

#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    (void)leasts;
    const lk_signed16 values = LK_DOUBLED_VALUES;
    LK(quick_nibbles)(block + 1, w->stride, (lk_bytes16)values ^ 128, codes);
    const __m512i exponents = _mm512_and_si512(LK(one_word)(block, w->stride), _mm512_set1_epi32(255));
    LK(write)(steps, LK(half_scales)(exponents));
}
#endif

#define LK_LAYOUT_NAME mxfp4
#define LK_GROUPS 2
#define LK_BYTES 17
#include "layout.h"
#endif
