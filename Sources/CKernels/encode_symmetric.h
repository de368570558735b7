// A block of 32 codes −n … n − 1 under one half-precision scale (Q4_0, Q5_0), for the variant being compiled.

/// The scale as it is stored, and codes from 0 to 2n − 1.
LK_INLINE lk_lanes LK(symmetric_block)(const lk_group *group, float n, lk_bits *codes) {
    lk_lanes x[32], w[32], inverse;
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) LK(weigh)(group, 32, x, group->row_mean_square, w);
    else for (int i = 0; i < 32; i++) w[i] = LK(splat)(1);
    const lk_lanes scale = LK(through_half)(LK(symmetric)(32, x, w, n, 9, &inverse));
    const lk_lanes final = LK(select)(scale != 0, 1 / scale, LK(splat)(0));
    // The nearest codes under the scale as it is stored are never worse than those under the one that was sought.
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(code)(x[i] * final, -n, n - 1) + n);
    return scale;
}
