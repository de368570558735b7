// A block of 32 codes 0 … n under a half-precision scale and offset (Q4_1, Q5_1), for the variant being compiled.

/// `affine` where every number counts alike: the range is laid over the codes 0 … n, or up to two codes more on either
/// side, in three places each; of the codes nearest, those count whose best scale and offset take most off the error.
///
/// ggml lays the range over the codes and looks no further.
LK_INLINE lk_affine LK(alike_affine)(const lk_lanes *x, float n) {
    lk_lanes low = x[0], high = x[0], off[32], sum_x = LK(splat)(0), best = LK(splat)(0);
    for (int i = 1; i < 32; i++) {
        low = LK(smaller)(x[i], low);
        high = LK(larger)(x[i], high);
    }
    // Seen from the middle, sums of products lose no digits to an offset.
    const lk_lanes middle = low * 0.5f + high * 0.5f;
    for (int i = 0; i < 32; i++) {
        off[i] = x[i] - middle;
        sum_x = sum_x + off[i];
    }
    lk_affine found = {.scale = LK(splat)(0), .least = -(middle + sum_x * (1.0f / 32))};
    for (int t = 0; t < 15; t++) {
        const lk_lanes inverse = (n + 0.5f * (float)(t / 3)) / (high - low);
        const lk_lanes place = LK(splat)(n * 0.5f + 0.3f * (float)(t % 3 - 1));
        lk_lanes sum_l = LK(splat)(0), sum_l2 = LK(splat)(0), sum_xl = LK(splat)(0);
        for (int i = 0; i < 32; i++) {
            const lk_lanes l = LK(code)(LK(fma)(off[i], inverse, place), 0, n);
            sum_l = sum_l + l;
            sum_l2 = LK(fma)(l, l, sum_l2);
            sum_xl = LK(fma)(off[i], l, sum_xl);
        }
        const lk_lanes mean = sum_l * (1.0f / 32), a = sum_xl - sum_x * mean, b = sum_l2 - sum_l * mean;
        const lk_bits better = (b > 0) & (a * a > best * b);
        const lk_lanes scale = a / b;
        best = LK(select)(better, scale * a, best);
        found.scale = LK(select)(better, scale, found.scale);
        found.least = LK(select)(better, -(middle + (sum_x * (1.0f / 32) - scale * mean)), found.least);
    }
    return found;
}

/// Scale and offset as they are stored, and the codes.
LK_INLINE void LK(affine_block)(
    const lk_group *group, float n, lk_lanes *scale, lk_lanes *offset, lk_bits *codes) {
    const lk_trial trial = {.n = n, .first = -0.9f, .step = 0.05f, .last = 36};
    lk_lanes x[32], w[32];
    lk_affine found;
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) {
        LK(weigh)(group, 32, x, group->row_mean_square, w);
        LK(affine)(1, 32, x, w, &trial, &found);
    } else {
        found = LK(alike_affine)(x, n);
    }
    *scale = LK(through_half)(found.scale);
    *offset = LK(through_half)(-found.least);
    if (!group->weighted) {
        // The nearest codes under scale and offset as they are stored are never worse than those under the ones sought.
        found.inverse = LK(select)(*scale != 0, 1 / *scale, LK(splat)(0));
        found.offset = *offset;
    }
    for (int i = 0; i < 32; i++) codes[i] = LK(whole)(LK(code)(found.inverse * (x[i] - found.offset), 0, n));
}

/// Sixteen blocks of codes 0 … n as they lie: scale, offset, then the codes as `put_fours` or `put_fives` has them.
LK_INLINE void LK(put_affine)(const lk_group *group, int n, uint8_t *out, size_t stride) {
    lk_bits codes[32];
    lk_lanes scale, offset;
    LK(affine_block)(group, (float)n, &scale, &offset, codes);
    LK(put_half)(scale, out, stride);
    LK(put_half)(offset, out + 2, stride);
    if (n > 15) {
        LK(put_fives)(codes, out + 4, stride);
    } else {
        LK(put_fours)(codes, out + 4, stride);
    }
}
