#ifndef LK_VARIANT
// Products of panels of weights with coded vectors, for every instruction set but tiles.
#pragma STDC FP_CONTRACT OFF
#include "coded.h"
#define LK_SELF "coded_products.c"
#include "variants.h"

#if defined(__x86_64__)
#define LK_VARIANT vnni
#define LK_VARIANT_IS_AVX512 1
#define LK_VARIANT_IS_VNNI 1
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"))), apply_to = function)
#include "lanes.h"
#include LK_SELF
#pragma clang attribute pop
#undef LK_VARIANT
#undef LK_VARIANT_IS_AVX512
#undef LK_VARIANT_IS_VNNI
#endif
#else

/// Adds to each row the sum of four products: codes from 0 to 255 with the signed bytes at `x`.
LK_INLINE lk_bits LK(four_products)(lk_bits sums, const uint8_t *codes, const int8_t *x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
#if defined(LK_VARIANT_IS_VNNI)
    return (lk_bits)_mm512_dpbusd_epi32((__m512i)sums, _mm512_loadu_si512(codes), _mm512_set1_epi32(four));
#elif defined(LK_VARIANT_IS_AVX512)
    // Products of neighbouring bytes may not fit 16 bits, so even and odd bytes go apart.
    const __m512i w = _mm512_loadu_si512(codes), v = _mm512_set1_epi32(four);
    const __m512i even = _mm512_madd_epi16(
        _mm512_and_si512(w, _mm512_set1_epi16(255)), _mm512_srai_epi16(_mm512_slli_epi16(v, 8), 8));
    const __m512i odd = _mm512_madd_epi16(_mm512_srli_epi16(w, 8), _mm512_srai_epi16(v, 8));
    return sums + (lk_bits)even + (lk_bits)odd;
#elif defined(LK_VARIANT_IS_AVX2)
    const __m256i v = _mm256_set1_epi32(four);
    const __m256i low = _mm256_srai_epi16(_mm256_slli_epi16(v, 8), 8), high = _mm256_srai_epi16(v, 8);
    __m256i parts[2];
    LK_UNROLL for (int half = 0; half < 2; half++) {
        const __m256i w = _mm256_loadu_si256((const __m256i_u *)(codes + 32 * half));
        parts[half] = _mm256_add_epi32(
            _mm256_madd_epi16(_mm256_and_si256(w, _mm256_set1_epi16(255)), low),
            _mm256_madd_epi16(_mm256_srli_epi16(w, 8), high));
    }
    lk_bits both;
    __builtin_memcpy(&both, parts, sizeof both);
    return sums + both;
#else
    lk_words w;
    __builtin_memcpy(&w, codes, sizeof w);
    LK_UNROLL for (int j = 0; j < 4; j++) sums += (lk_bits)(w >> (8 * j) & 255) * (int32_t)x[j];
    return sums;
#endif
}

/// The exact sums of one run, `columns` wide.
LK_INLINE lk_bits LK(run_products)(const int columns, const uint8_t *codes, const int8_t *x, int32_t start) {
    // Two chains, so that one need not wait for the other; whole numbers add in any order.
    lk_bits sums[2] = {(lk_bits){0} + start, {0}};
    LK_UNROLL for (int k = 0; k < columns / 4; k++)
        sums[k % 2] = LK(four_products)(sums[k % 2], codes + 64 * k, x + 4 * k);
    return sums[0] + sums[1];
}

/// Some vectors with the whole panel; counts and flags are constants.
LK_INLINE void LK(panel_group)(
    const int count, const int halves, const int has_leasts, const lk_panel *panel, size_t blocks, const lk_coded *x,
    size_t vector, size_t first, float *results) {
    const size_t all = x->columns / lk_coded_block, runs = (size_t)halves;
    const size_t group = vector / lk_group_vectors * lk_group_vectors, size = lk_group_size(x, group);
    const int width = lk_coded_block / halves;
    lk_lanes sums[8];
    LK_UNROLL for (int i = 0; i < count; i++) sums[i] = LK(read)(results + i * lk_panel_rows);
    for (size_t b = 0; b < blocks; b++) {
        LK_UNROLL for (int half = 0; half < halves; half++) {
            const size_t run = b * runs + (size_t)half;
            const lk_lanes step = LK(read)(panel->steps + run * lk_panel_rows);
            const uint8_t *codes = panel->codes + b * 512 + half * 256;
            LK_UNROLL for (int i = 0; i < count; i++) {
                const size_t within = vector - group + (size_t)i, block = group * all + (first + b) * size + within;
                const size_t at = group * all * runs + ((first + b) * runs + (size_t)half) * size + within;
                const lk_bits dots = LK(run_products)(
                    width, codes, x->codes + block * lk_coded_block + half * width, x->starts[halves - 1][at]);
                sums[i] = LK(fma)(
                    __builtin_convertvector(dots, lk_lanes), step * LK(splat)(x->steps[block]), sums[i]);
                if (has_leasts)
                    sums[i] = LK(fma)(
                        LK(read)(panel->leasts + run * lk_panel_rows), LK(splat)(x->totals[halves - 1][at]), sums[i]);
            }
        }
    }
    LK_UNROLL for (int i = 0; i < count; i++) LK(write)(results + i * lk_panel_rows, sums[i]);
}

LK_INLINE void LK(panel_groups)(
    const int halves, const int has_leasts, const lk_panel *panel, size_t blocks, const lk_coded *x, size_t first,
    float *sums) {
    size_t i = 0;
    for (; i + 8 <= x->count; i += 8)
        LK(panel_group)(8, halves, has_leasts, panel, blocks, x, i, first, sums + i * lk_panel_rows);
    for (; i + 4 <= x->count; i += 4)
        LK(panel_group)(4, halves, has_leasts, panel, blocks, x, i, first, sums + i * lk_panel_rows);
    for (; i + 2 <= x->count; i += 2)
        LK(panel_group)(2, halves, has_leasts, panel, blocks, x, i, first, sums + i * lk_panel_rows);
    for (; i < x->count; i++)
        LK(panel_group)(1, halves, has_leasts, panel, blocks, x, i, first, sums + i * lk_panel_rows);
}

void LK(multiply_panel)(const lk_panel *panel, size_t blocks, const lk_coded *x, size_t first, float *sums) {
    if (panel->halves == 1) {
        if (panel->has_leasts) LK(panel_groups)(1, 1, panel, blocks, x, first, sums);
        else LK(panel_groups)(1, 0, panel, blocks, x, first, sums);
    } else {
        if (panel->has_leasts) LK(panel_groups)(2, 1, panel, blocks, x, first, sums);
        else LK(panel_groups)(2, 0, panel, blocks, x, first, sums);
    }
}
#endif
