#ifndef LK_VARIANT
// Vectors of float32 to signed bytes, 32 under one step.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "coding.c"
#include "coded.h"
#include "variants.h"
#else

/// Magnitudes below which a block counts as zero: 127 divided by it would not be finite.
#define LK_LEAST_MAGNITUDE 0x1p-100f

/// The sum of sixteen whole numbers.
LK_INLINE int32_t LK(total)(lk_bits v) {
    int32_t sum = 0;
    LK_UNROLL for (int i = 0; i < LK_LANES; i++) sum += v[i];
    return sum;
}

LK_INLINE void LK(code_block)(const float *x, int8_t *codes, float *step, int32_t *sums) {
    const lk_words magnitude = (lk_words){0} + 0x7fffffff;
    lk_lanes v[2];
    lk_words largest = {0};
    LK_UNROLL for (int half = 0; half < 2; half++) {
        v[half] = LK(read)(x + 16 * half);
        // Magnitudes order as whole numbers do, and what is not finite comes above all.
        const lk_words bits = (lk_words)v[half] & magnitude;
        largest = (lk_words)(((lk_bits)largest & ~(bits > largest)) | ((lk_bits)bits & (bits > largest)));
    }
    uint32_t most = 0;
    LK_UNROLL for (int i = 0; i < LK_LANES; i++) most = largest[i] > most ? largest[i] : most;
    float size;
    __builtin_memcpy(&size, &most, sizeof size);
    if (most >= 0x7f800000 || size < LK_LEAST_MAGNITUDE) {
        __builtin_memset(codes, 0, 32);
        sums[0] = sums[1] = 0;
        *step = most >= 0x7f800000 ? __builtin_nanf("") : 0;
        return;
    }
    const lk_lanes scale = LK(splat)(127.0f / size), magic = LK(splat)(0x1.8p23f);
    LK_UNROLL for (int half = 0; half < 2; half++) {
        // Adding 1.5 · 2²³ rounds to a whole number, ties to even, which then stands in the low bits.
        const lk_bits whole = (lk_bits)(v[half] * scale + magic) - (lk_bits)magic;
        const lk_signed16 bytes = __builtin_convertvector(whole, lk_signed16);
        __builtin_memcpy(codes + 16 * half, &bytes, sizeof bytes);
        sums[half] = LK(total)(whole);
    }
    *step = size / 127.0f;
}

/// What goes with a run whose codes add up to `sum`, and with those that fill up the group behind it.
LK_INLINE void LK(put_sums)(const lk_coded *coded, int halved, size_t at, size_t fill, float step, int32_t sum) {
    coded->starts[halved][at] = -128 * sum;
    coded->totals[halved][at] = step * (float)sum;
    __builtin_memset(coded->starts[halved] + at + 1, 0, fill * sizeof(int32_t));
    __builtin_memset(coded->totals[halved] + at + 1, 0, fill * sizeof(float));
}

void LK(code)(const float *values, size_t first, size_t end, const lk_coded *coded) {
    const size_t blocks = coded->columns / lk_coded_block;
    for (size_t vector = first; vector < end; vector++) {
        const size_t group = vector / lk_group_vectors * lk_group_vectors, size = lk_group_size(coded, group);
        // The last vector sees to those that fill up its group.
        const size_t fill = vector + 1 == coded->count ? group + size - coded->count : 0;
        for (size_t b = 0; b < blocks; b++) {
            const size_t at = group * blocks + b * size + vector - group;
            int32_t sums[2];
            LK(code_block)(
                values + vector * coded->columns + b * lk_coded_block, coded->codes + at * lk_coded_block,
                coded->steps + at, sums);
            __builtin_memset(coded->codes + (at + 1) * lk_coded_block, 0, fill * lk_coded_block);
            __builtin_memset(coded->steps + at + 1, 0, fill * sizeof(float));
            const float step = coded->steps[at];
            const int32_t whole = sums[0] + sums[1];
            LK(put_sums)(coded, 0, at, fill, step, whole);
            for (size_t half = 0; half < 2; half++)
                LK(put_sums)(coded, 1, 2 * group * blocks + (2 * b + half) * size + vector - group, fill, step, sums[half]);
        }
    }
}
#endif
