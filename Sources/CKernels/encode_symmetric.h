// A block of 32 codes −n … n − 1 under one half-precision scale (Q4_0, Q5_0), for the variant being compiled.

/// `symmetric` where every number counts alike: five inverses, n − 0.8 to n + 0.8 over −extreme.
///
/// ggml takes the first of them and looks no further.
LK_INLINE lk_lanes LK(alike_scale)(const lk_lanes *x, float n) {
    enum { TRIALS = 5 };
    const lk_lanes extreme = LK(extreme)(32, x), shift = LK(splat)(12582912.0f);
    lk_lanes inverse[TRIALS], a[TRIALS], b[TRIALS], scale = LK(splat)(0), best = LK(splat)(0);
    LK_UNROLL for (int t = 0; t < TRIALS; t++) {
        inverse[t] = LK(splat)(-(n + 0.4f * (float)(t == 0 ? 0 : t <= 2 ? t - 3 : t - 2))) / extreme;
        a[t] = b[t] = LK(splat)(0);
    }
    // All trials go side by side, since each step of a sum waits for the one before it.
    for (int i = 0; i < 32; i++) {
        LK_UNROLL for (int t = 0; t < TRIALS; t++) {
            const lk_lanes nearest = LK(fma)(x[i], inverse[t], shift) - shift;
            const lk_lanes high = LK(smaller)(nearest, LK(splat)(n - 1));
            // Only the last trial brings a number beyond −n; blocks too small for half precision come to nothing either way.
            const lk_lanes q = t < TRIALS - 1 ? high : LK(larger)(high, LK(splat)(-n));
            a[t] = LK(fma)(x[i], q, a[t]);
            b[t] = LK(fma)(q, q, b[t]);
        }
    }
    LK_UNROLL for (int t = 0; t < TRIALS; t++) {
        const lk_bits better = (b[t] > 0) & (a[t] * a[t] > best * b[t]);
        scale = LK(select)(better, a[t] / b[t], scale);
        best = LK(select)(better, a[t] / b[t] * a[t], best);
    }
    return scale;
}

/// The scale as it is stored, and codes from 0 to 2n − 1.
LK_INLINE lk_lanes LK(symmetric_block)(const lk_group *group, float n, lk_bits *codes) {
    lk_lanes x[32], w[32], scale, inverse;
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) {
        LK(weigh)(group, 32, x, group->row_mean_square, w);
        scale = LK(through_half)(LK(symmetric)(32, x, w, n, 9, &inverse));
    } else {
        scale = LK(through_half)(LK(alike_scale)(x, n));
        // The nearest codes under the scale as it is stored are never worse than those under the one that was sought.
        inverse = LK(select)(scale != 0, 1 / scale, LK(splat)(0));
    }
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(code)(x[i] * inverse, -n, n - 1) + n);
    return scale;
}
