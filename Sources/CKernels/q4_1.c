#ifndef LK_VARIANT
// Q4_1: weight = scale · q + least, 32 weights in 20 bytes.
//   0..1   scale, half precision
//   2..3   least, half precision
//   4..19  byte j: low half q of weight j, high half q of weight j + 16
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "q4_1.c"
#include "variants.h"
#else
LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    lk_lanes scale, least;
    LK(two_halves_at)(weights, &scale, &least);
#if defined(LK_VARIANT_IS_AVX512)
    const lk_lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const __m512 table = (__m512)LK(add_exact)(numbers, scale, least);
    const __m512i wide = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i_u *)(weights + 4)));
    out[0] = (lk_lanes)_mm512_permutexvar_ps(wide, table);
    out[1] = (lk_lanes)_mm512_permutexvar_ps(_mm512_srli_epi32(wide, 4), table);
#else
    lk_bytes16 codes;
    __builtin_memcpy(&codes, weights + 4, sizeof codes);
    out[0] = LK(add_exact)(__builtin_convertvector(codes & 15, lk_lanes), scale, least);
    out[1] = LK(add_exact)(__builtin_convertvector(codes >> 4, lk_lanes), scale, least);
#endif
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 1
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    LK(halves_apart)(weights + 4, coded->codes);
    coded->steps[0] = LK(half)(weights);
    coded->leasts[0] = LK(half)(weights + 2);
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    const lk_bytes16 entries = {128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143};
    LK(quick_nibbles)(block + 4, w->stride, entries, codes);
    const __m512i both = LK(one_word)(block, w->stride);
    LK(write)(steps, LK(low_halves)(both));
    LK(write)(leasts, LK(low_halves)(_mm512_srli_epi32(both, 16)));
}
#endif

#define LK_LAYOUT_NAME q4_1
#define LK_GROUPS 2
#define LK_BYTES 20
#include "layout.h"
#endif
