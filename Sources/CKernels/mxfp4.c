#ifndef LK_VARIANT
// MXFP4 as ggml lays it out: weight = 2^(e − 127) · E2M1 value, 32 weights in 17 bytes.
//   0      e, the scale's exponent
//   1..16  byte j: low half the code of weight j, high half that of weight j + 16
#pragma STDC FP_CONTRACT OFF
#include "mxfp4.h"
#define LK_SELF "mxfp4.c"
#include "variants.h"
#else
#if defined(LK_VARIANT_IS_AVX512)
/// Half the scales of sixteen exponents, computed: 2^(e − 128), of which the lowest two are no normal numbers.
LK_INLINE lk_lanes LK(half_scales)(__m512i exponents) {
    const __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(exponents, _mm512_set1_epi32(1)), 23);
    const __m512i low = _mm512_sllv_epi32(_mm512_set1_epi32(0x00200000), exponents);
    return (lk_lanes)_mm512_mask_blend_epi32(
        _mm512_cmplt_epu32_mask(exponents, _mm512_set1_epi32(2)), normal, low);
}
#endif

#define LK_LAYOUT_NAME mxfp4
#define LK_BYTES 17
#define LK_ENTRIES LK_DOUBLED_VALUES
#define LK_SCALE(block) LK(splat)(lk_half_scales[(block)[0]])
#define LK_SCALES(words) LK(half_scales)(_mm512_and_si512(words, _mm512_set1_epi32(255)))
#include "entries.h"
#endif
