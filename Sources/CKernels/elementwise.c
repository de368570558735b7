#ifndef LK_VARIANT
// Kernels that go through a row of float32 once or twice: activations, norms, softmax, rotary turns, sums.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "elementwise.c"
#include "variants.h"
#else
#include "exponential.h"

/// Sixteen elements, or the `n` that are left.
LK_INLINE lk_lanes LK(take)(const float *p, size_t n) { return n == LK_LANES ? LK(read)(p) : LK(read_some)(p, n); }

LK_INLINE void LK(put)(float *p, lk_lanes v, size_t n) {
    if (n == LK_LANES) LK(write)(p, v);
    else LK(write_some)(p, v, n);
}

/// Elements that turn i of a loop over sixteen at a time handles.
LK_INLINE size_t LK(here)(size_t i, size_t count) { return count - i < LK_LANES ? count - i : LK_LANES; }

void LK(exponential)(const float *x, size_t count, float *y) {
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        LK(put)(y + i, LK(exp)(LK(take)(x + i, n)), n);
    }
}

void LK(sigmoid)(const float *x, size_t count, float *y) {
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        LK(put)(y + i, LK(logistic)(LK(take)(x + i, n)), n);
    }
}

float LK(root_mean_square)(const float *x, size_t count, float epsilon) {
    lk_lanes sums = LK(splat)(0);
    // A missing lane adds the square of zero to a sum that is never −0.
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        const lk_lanes v = LK(take)(x + i, n);
        sums = LK(fma)(v, v, sums);
    }
    return __builtin_sqrtf(LK(fold)(sums) / (float)count + epsilon);
}

void LK(normalize)(const float *x, size_t count, float scale, const float *weight, float *normalized, float *y) {
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        const lk_lanes v = LK(take)(x + i, n) / LK(splat)(scale);
        const lk_lanes weighted = weight ? v * LK(take)(weight + i, n) : v;
        if (normalized) LK(put)(normalized + i, v, n);
        LK(put)(y + i, weighted, n);
    }
}

void LK(rotate)(float *x, size_t half, const float *cosines, const float *sines) {
    for (size_t i = 0, n; i < half; i += n) {
        n = LK(here)(i, half);
        const lk_lanes a = LK(take)(x + i, n), b = LK(take)(x + half + i, n);
        const lk_lanes c = LK(take)(cosines + i, n), s = LK(take)(sines + i, n);
        LK(put)(x + i, a * c - b * s, n);
        LK(put)(x + half + i, b * c + a * s, n);
    }
}

void LK(swiglu)(const float *gate, const float *up, size_t count, float *y) {
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        const lk_lanes g = LK(take)(gate + i, n);
        LK(put)(y + i, g * LK(logistic)(g) * LK(take)(up + i, n), n);
    }
}

void LK(clamped_swiglu)(const float *gate, const float *up, size_t count, float alpha, float limit, float *y) {
    const lk_lanes most = LK(splat)(limit), least = LK(splat)(-limit);
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        lk_lanes g = LK(take)(gate + i, n), u = LK(take)(up + i, n);
        g = LK(select)(g > most, most, g);
        u = LK(select)(u > most, most, u);
        u = LK(select)(u < least, least, u);
        LK(put)(y + i, (u + LK(splat)(1)) * (g * LK(logistic)(g * LK(splat)(alpha))), n);
    }
}

void LK(add)(const float *x, size_t count, float *y) {
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        LK(put)(y + i, LK(take)(y + i, n) + LK(take)(x + i, n), n);
    }
}

void LK(add_scaled)(const float *x, size_t count, float weight, float *y) {
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        LK(put)(y + i, LK(fma)(LK(splat)(weight), LK(take)(x + i, n), LK(take)(y + i, n)), n);
    }
}

float LK(maximum)(const float *x, size_t count) {
    lk_lanes most = LK(splat)(-__builtin_inff());
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        const lk_lanes v = LK(take)(x + i, n);
        most = LK(select)((v > most) & LK(between)(0, n), v, most);
    }
    const lk_lanes opposite =
        __builtin_shufflevector(most, most, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
    most = LK(select)(opposite > most, opposite, most);
    const lk_lanes neighbour =
        __builtin_shufflevector(most, most, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
    most = LK(select)(neighbour > most, neighbour, most);
    const float even = most[2] > most[0] ? most[2] : most[0], odd = most[3] > most[1] ? most[3] : most[1];
    return odd > even ? odd : even;
}

float LK(exponentials)(const float *x, size_t count, size_t first, float shift, float *y) {
    lk_lanes sums = LK(splat)(0);
    const lk_lanes away = LK(splat)(shift);
    // The turns are aligned to lanes, so the first may begin within one. A missing lane adds +0, which changes no sum.
    for (size_t i = 0, lane = first % LK_LANES; i < count; lane = 0) {
        const size_t end = count - i < LK_LANES - lane ? lane + count - i : LK_LANES;
        lk_lanes v;
        if (end - lane == LK_LANES) {
            v = LK(exp)(LK(read)(x + i) - away);
            if (y) LK(write)(y + i, v);
        } else {
            v = LK(exp)(LK(read_between)(x + i, lane, end) - away);
            v = (lk_lanes)((lk_bits)v & LK(between)(lane, end));
            if (y) LK(write_between)(y + i, v, lane, end);
        }
        sums += v;
        i += end - lane;
    }
    return LK(fold)(sums);
}

void LK(softmax)(const float *x, size_t count, size_t first, const float *sink, float *y) {
    float most = LK(maximum)(x, count);
    if (sink && *sink > most) most = *sink;
    float sum = LK(exponentials)(x, count, first, most, y);
    if (sink) sum += LK(exp)(LK(splat)(*sink - most))[0];
    for (size_t i = 0, n; i < count; i += n) {
        n = LK(here)(i, count);
        LK(put)(y + i, LK(take)(y + i, n) / LK(splat)(sum), n);
    }
}
#endif
