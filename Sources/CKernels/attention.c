#ifndef LK_VARIANT
// Attention of one query row and one head over keys and values in two segments.
//
//   scores[p] = scale · dot(q, k_p)          the canonical dot over channels
//   z[c]      = Σ_p pattern[p] · v_p[c]      per channel, fused, in ascending position
// Where the segments meet changes no bit.
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
    LK_UNROLL for (int r = 0; r < count; r++) y[r] = LK(fold)(sums[r]) * scale;
}

LK_INLINE void LK(segment_scores)(
    const float *q, size_t d, const float *k, size_t stride, size_t first, size_t count, float scale, float *y) {
    size_t p = first;
    for (; p + 4 <= count; p += 4) LK(keys)(4, q, d, k + p * stride, stride, scale, y + p);
    for (; p < count; p++) LK(keys)(1, q, d, k + p * stride, stride, scale, y + p);
}

void LK(scores)(const float *q, size_t d, const lk_segments *keys, size_t first, float scale, float *scores) {
    const size_t total = keys->first_count + keys->second_count;
    for (size_t p = 0; p < first && p < total; p++) scores[p] = -__builtin_inff();
    LK(segment_scores)(q, d, keys->first, keys->first_stride, first, keys->first_count, scale, scores);
    const size_t own = first > keys->first_count ? first - keys->first_count : 0;
    LK(segment_scores)(
        q, d, keys->second, keys->second_stride, own, keys->second_count, scale, scores + keys->first_count);
}

/// Continues the sums of `count` × 16 channels from c on over one segment; the count is a constant.
LK_INLINE void LK(mix_segment)(
    const int count, const float *pattern, const float *v, size_t stride, size_t first, size_t end, size_t c,
    lk_lanes *sums) {
    for (size_t p = first; p < end; p++) {
        const lk_lanes weight = LK(splat)(pattern[p]);
        LK_UNROLL for (int g = 0; g < count; g++)
            sums[g] = LK(fma)(weight, LK(read)(v + p * stride + c + (size_t)g * LK_LANES), sums[g]);
    }
}

LK_INLINE void LK(mix_channels)(
    const int count, const float *pattern, const lk_segments *values, size_t first, size_t c, float *z) {
    lk_lanes sums[4];
    LK_UNROLL for (int g = 0; g < count; g++) sums[g] = LK(splat)(0);
    LK(mix_segment)(count, pattern, values->first, values->first_stride, first, values->first_count, c, sums);
    const size_t own = first > values->first_count ? first - values->first_count : 0;
    LK(mix_segment)(
        count, pattern + values->first_count, values->second, values->second_stride, own, values->second_count, c, sums);
    LK_UNROLL for (int g = 0; g < count; g++) LK(write)(z + c + (size_t)g * LK_LANES, sums[g]);
}

void LK(mix)(const float *pattern, const lk_segments *values, size_t first, size_t d, float *z) {
    size_t c = 0;
    for (; c + 4 * LK_LANES <= d; c += 4 * LK_LANES) LK(mix_channels)(4, pattern, values, first, c, z);
    for (; c + LK_LANES <= d; c += LK_LANES) LK(mix_channels)(1, pattern, values, first, c, z);
    for (; c < d; c++) {
        float sum = 0;
        for (size_t p = first; p < values->first_count; p++)
            sum = __builtin_fmaf(pattern[p], values->first[p * values->first_stride + c], sum);
        for (size_t p = first > values->first_count ? first - values->first_count : 0; p < values->second_count; p++)
            sum = __builtin_fmaf(
                pattern[values->first_count + p], values->second[p * values->second_stride + c], sum);
        z[c] = sum;
    }
}
#endif
