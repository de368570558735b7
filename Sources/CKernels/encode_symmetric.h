// A block of 32 codes −n … n − 1 under one half-precision scale (Q4_0, Q5_0), for the variant being compiled.

/// The scale as it is stored, and codes from 0 to 2n − 1.
LK_INLINE lk_lanes LK(symmetric_block)(const lk_group *group, float n, lk_bits *codes) {
    lk_lanes x[32], w[32], inverse;
    float inverses[19] = {n};
    for (int t = 1; t <= 18; t++) inverses[t] = n + 0.1f * (float)(t <= 9 ? t - 10 : t - 9);
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) {
        LK(gather_finite)(group->importance, 0, 32, w);
        for (int i = 0; i < 32; i++) w[i] = w[i] * LK(root)(group->row_mean_square + x[i] * x[i]);
    } else {
        for (int i = 0; i < 32; i++) w[i] = LK(splat)(1);
    }
    const lk_lanes scale = LK(through_half)(LK(symmetric)(32, x, w, n, inverses, 19, &inverse));
    const lk_lanes final = LK(select)(scale != 0, 1 / scale, LK(splat)(0));
    // The nearest codes under the scale as it is stored are never worse than those under the one that was sought.
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(code)(x[i] * final, -n, n - 1) + n);
    return scale;
}
