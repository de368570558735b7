// A block of 32 codes 0 … n under a half-precision scale and offset (Q4_1, Q5_1), for the variant being compiled.

/// Scale and offset as they are stored, and the codes.
LK_INLINE void LK(affine_block)(
    const lk_group *group, float n, lk_lanes *scale, lk_lanes *offset, lk_bits *codes) {
    const lk_trial trial = {.n = n, .first = -0.9f, .step = 0.05f, .last = 36};
    lk_lanes x[32], w[32];
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) LK(weigh)(group, 32, x, group->row_mean_square, w);
    else for (int i = 0; i < 32; i++) w[i] = LK(splat)(1);
    const lk_affine found = LK(affine)(32, x, w, &trial, 1);
    *scale = LK(through_half)(found.scale);
    *offset = LK(through_half)(-found.least);
    const lk_lanes inverse = LK(select)(*scale != 0, 1 / *scale, LK(splat)(0));
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(code)((x[i] - *offset) * inverse, 0, n));
}
