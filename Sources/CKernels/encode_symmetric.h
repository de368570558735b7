// A block of 32 codes −n … n − 1 under one half-precision scale (Q4_0, Q5_0), for the variant being compiled.

/// `symmetric` where every number counts alike: five inverses, n − 0.8 to n + 0.8 over −extreme.
///
/// ggml takes the first of them and looks no further.
LK_INLINE lk_lanes LK(alike_scale)(const lk_lanes *x, float n) {
    const lk_lanes extreme = LK(extreme)(32, x), shift = LK(splat)(12582912.0f);
    lk_lanes scale = LK(splat)(0), best = LK(splat)(0);
    for (int t = 0; t < 5; t++) {
        const lk_lanes inverse = LK(splat)(-(n + 0.4f * (float)(t == 0 ? 0 : t <= 2 ? t - 3 : t - 2))) / extreme;
        lk_lanes a = LK(splat)(0), b = LK(splat)(0);
        for (int i = 0; i < 32; i++) {
            const lk_lanes q = LK(within)(LK(fma)(x[i], inverse, shift) - shift, -n, n - 1);
            a = LK(fma)(x[i], q, a);
            b = LK(fma)(q, q, b);
        }
        const lk_bits better = (b > 0) & (a * a > best * b);
        scale = LK(select)(better, a / b, scale);
        best = LK(select)(better, a / b * a, best);
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
