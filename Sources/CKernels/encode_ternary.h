// 256 codes −1, 0, 1 under a half-precision scale (TQ1_0, TQ2_0), for the variant being compiled.
//
// ggml's scale is the largest magnitude, which is right for weights that are ternary already; for others, borders between
// 0 and 1 at some fractions of the root mean square are tried too.

/// The scale as it is stored, and codes 0, 1, 2.
LK_INLINE lk_lanes LK(ternary_block)(const lk_group *group, lk_bits *codes) {
    lk_lanes x[256], w[256];
    LK(gather_finite)(group->values, 0, 256, x);
    if (group->weighted) LK(gather_weights)(group, 256, w);
    else for (int i = 0; i < 256; i++) w[i] = LK(splat)(1);
    lk_lanes largest = LK(splat)(0), square = LK(splat)(0), scale = LK(splat)(0), best = LK(splat)(0);
    for (int i = 0; i < 256; i++) {
        const lk_lanes size = LK(magnitude)(x[i]);
        largest = LK(larger)(size, largest);
        square = square + size * size;
    }
    const lk_lanes usual = LK(root)(square * (1.0f / 256));
    for (int t = 0; t < 12; t++) {
        const lk_lanes border = t == 0 ? largest * 0.5f : usual * (0.3f + 0.1f * (float)t);
        lk_lanes a = LK(splat)(0), b = LK(splat)(0);
        for (int i = 0; i < 256; i++) {
            const lk_lanes size = LK(magnitude)(x[i]);
            const lk_bits is_one = size > border;
            a = a + (lk_lanes)((lk_bits)(w[i] * size) & is_one);
            b = b + (lk_lanes)((lk_bits)w[i] & is_one);
        }
        const lk_bits better = (b > 0) & ((best == 0) | (a * a > best * b));
        scale = LK(select)(better, a / b, scale);
        best = LK(select)(better, a / b * a, best);
    }
    // Where nothing matters by importance, the largest magnitude serves.
    scale = LK(through_half)(LK(select)(scale > 0, scale, largest));
    const lk_lanes inverse = LK(select)(scale > 0, 1 / scale, LK(splat)(0));
    for (int i = 0; i < 256; i++) codes[i] = LK(whole)(LK(code)(x[i] * inverse, -1, 1)) + 1;
    return scale;
}
