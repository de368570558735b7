#ifndef LK_VARIANT
// Attention of one query row and one head over consecutive keys and values.
//
//   scores[p] = scale · dot(q, k_p)          the canonical dot over channels
//   z[c]      = z[c] + Σ_p pattern[p] · v_p[c]      per channel, fused, in ascending position
// A sum over values goes on where it was left, so cutting positions into several runs changes no bit.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "attention.c"
#include "variants.h"
#else

/// The dots of `count` consecutive keys with one query; the count is a constant.
LK_INLINE void LK(keys)(const int count, const float *q, size_t d, const float *k, size_t stride, float scale, float *y) {
    lk_lanes sums[4];
    LK_UNROLL for (int r = 0; r < count; r++) sums[r] = LK(splat)(0);
    size_t i = 0;
    for (; i + LK_LANES <= d; i += LK_LANES) {
        const lk_lanes v = LK(read)(q + i);
        LK_UNROLL for (int r = 0; r < count; r++)
            sums[r] = LK(fma)(v, LK(read)(k + (size_t)r * stride + i), sums[r]);
    }
    if (i < d) {
        const lk_lanes v = LK(read_some)(q + i, d - i);
        const lk_bits mask = LK(between)(0, d - i);
        LK_UNROLL for (int r = 0; r < count; r++)
            sums[r] = LK(select)(
                mask, LK(fma)(v, LK(read_some)(k + (size_t)r * stride + i, d - i), sums[r]), sums[r]);
    }
    if (count == 4) {
        const lk_lanes4 four = LK(fold_four)(sums[0], sums[1], sums[2], sums[3]) * (lk_lanes4){scale, scale, scale, scale};
        __builtin_memcpy(y, &four, sizeof four);
        return;
    }
    LK_UNROLL for (int r = 0; r < count; r++) y[r] = LK(fold)(sums[r]) * scale;
}

void LK(scores)(const float *q, size_t d, const float *keys, size_t stride, size_t count, float scale, float *scores) {
    size_t p = 0;
    for (; p + 4 <= count; p += 4) LK(keys)(4, q, d, keys + p * stride, stride, scale, scores + p);
    for (; p < count; p++) LK(keys)(1, q, d, keys + p * stride, stride, scale, scores + p);
}

/// Continues the sums of `groups` × 16 channels; the number of groups is a constant.
LK_INLINE void LK(mix_channels)(
    const int groups, const float *pattern, const float *v, size_t stride, size_t count, float *z) {
    lk_lanes sums[4];
    LK_UNROLL for (int g = 0; g < groups; g++) sums[g] = LK(read)(z + (size_t)g * LK_LANES);
    for (size_t p = 0; p < count; p++) {
        const lk_lanes weight = LK(splat)(pattern[p]);
        LK_UNROLL for (int g = 0; g < groups; g++)
            sums[g] = LK(fma)(weight, LK(read)(v + p * stride + (size_t)g * LK_LANES), sums[g]);
    }
    LK_UNROLL for (int g = 0; g < groups; g++) LK(write)(z + (size_t)g * LK_LANES, sums[g]);
}

void LK(mix)(const float *pattern, const float *values, size_t stride, size_t count, size_t d, float *z) {
    size_t c = 0;
    for (; c + 4 * LK_LANES <= d; c += 4 * LK_LANES) LK(mix_channels)(4, pattern, values + c, stride, count, z + c);
    for (; c + 2 * LK_LANES <= d; c += 2 * LK_LANES) LK(mix_channels)(2, pattern, values + c, stride, count, z + c);
    for (; c + LK_LANES <= d; c += LK_LANES) LK(mix_channels)(1, pattern, values + c, stride, count, z + c);
    for (; c < d; c++) {
        float sum = z[c];
        for (size_t p = 0; p < count; p++) sum = __builtin_fmaf(pattern[p], values[p * stride + c], sum);
        z[c] = sum;
    }
}
#endif
