// Blocks of 256 with a scale and an offset for each 16 or 32 (Q2_K, Q4_K, Q5_K), for the variant being compiled.

#ifndef LK_AFFINE_K_TYPES
#define LK_AFFINE_K_TYPES
/// How a format is searched: its sub-blocks, the largest code of a scale, and the trials with and without importance.
typedef struct {
    int length, scale_codes;
    lk_trial plain, weighted;
    /// What the mean square is multiplied with in the weights.
    float spread;
} lk_affine_k;

/// What is stored.
typedef struct {
    lk_lanes scale, least, scales[16], leasts[16], codes[256];
} lk_affine_block;
#endif

/// ggml's weights without importance: magnitude, and in sub-blocks of 32 the root mean square on top of it.
LK_INLINE void LK(weigh_alone)(const lk_lanes *x, const int length, lk_lanes *w) {
    const lk_lanes base =
        length == 16 ? LK(splat)(0) : LK(root)(LK(sum_of_squares)(x, length) / (float)length);
    for (int i = 0; i < length; i++) w[i] = base + LK(magnitude)(x[i]);
}

/// Tries the neighbours of a sub-block's scale and offset among their codes, now that it is known what the codes stand for;
/// a neighbour is taken where it lowers both the error by ggml's weights and that by importance alone.
///
/// This goes beyond ggml, which takes the nearest codes of the scales it sought.
LK_INLINE void LK(improve_part)(
    const lk_lanes *x, const lk_lanes *w, const lk_lanes *plain, const int length, float n, float scale_codes,
    const lk_affine_block *block, lk_lanes *scale, lk_lanes *least) {
    static const float steps[7][2] = {{0, 0}, {1, 1}, {-1, -1}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    const lk_lanes first_scale = *scale, first_least = *least;
    lk_lanes error = LK(splat)(0), plain_error = LK(splat)(0);
    for (int t = 0; t < 7; t++) {
        const lk_lanes tried_scale = first_scale + steps[t][0], tried_least = first_least + steps[t][1];
        const lk_lanes unit = block->scale * tried_scale, offset = block->least * tried_least, inverse = 1 / unit;
        lk_lanes now = LK(splat)(0), plain_now = LK(splat)(0);
        for (int i = 0; i < length; i++) {
            const lk_lanes code = LK(code)((x[i] + offset) * inverse, 0, n), off = code * unit - offset - x[i];
            const lk_lanes square = off * off;
            now = LK(fma)(w[i], square, now);
            plain_now = plain ? LK(fma)(plain[i], square, plain_now) : plain_now + square;
        }
        const lk_bits possible = (tried_scale > 0) & (tried_scale <= scale_codes) & (tried_least >= 0)
            & (tried_least <= scale_codes);
        const lk_bits better =
            t == 0 ? (lk_bits){0} == 0 : possible & (now < error) & (plain_now <= plain_error);
        error = LK(select)(better, now, error);
        plain_error = LK(select)(better, plain_now, plain_error);
        *scale = LK(select)(better, tried_scale, *scale);
        *least = LK(select)(better, tried_least, *least);
    }
}

LK_INLINE void LK(affine_superblock)(
    const lk_group *group, const lk_affine_k *format, const int length, lk_affine_block *out) {
    const int parts = 256 / length;
    lk_lanes x[256], w[256], scales[16], leasts[16], sums[16];
    LK(gather_finite)(group->values, 0, 256, x);
    if (group->weighted) LK(weigh)(group, 256, x, LK(sum_of_squares)(x, 256) * format->spread / 256, w);
    for (int part = 0; part < parts; part++) {
        if (!group->weighted) LK(weigh_alone)(x + part * length, length, w + part * length);
        sums[part] = LK(sum)(w + part * length, length);
    }
    const lk_trial *trial = group->weighted ? &format->weighted : &format->plain;
    for (int part = 0; part < parts; part += 2) {
        lk_affine found[2];
        LK(affine)(2, length, x + part * length, w + part * length, trial, 0, found);
        for (int s = 0; s < 2; s++) {
            scales[part + s] = found[s].scale;
            leasts[part + s] = found[s].least;
            LK(found_codes)(
                x + (part + s) * length, length, &found[s], format->plain.n, out->codes + (part + s) * length);
        }
    }
    const float n = (float)format->scale_codes;
    if (group->weighted) {
        out->scale = LK(through_half)(LK(positive)(parts, scales, sums, n, out->scales));
        out->least = LK(through_half)(LK(positive)(parts, leasts, sums, n, out->leasts));
    } else {
        out->scale = LK(spread)(scales, parts, n, out->scales);
        out->least = LK(spread)(leasts, parts, n, out->leasts);
    }
    lk_lanes plain[256];
    if (group->weighted) LK(gather_weights)(group, 256, plain);
    for (int part = 0; part < parts; part++)
        LK(improve_part)(
            x + part * length, w + part * length, group->weighted ? plain + part * length : 0, length, format->plain.n, n,
            out, &out->scales[part], &out->leasts[part]);
    for (int part = 0; part < parts; part++)
        LK(recode)(
            x + part * length, length, out->scale * out->scales[part], out->least * out->leasts[part], 0,
            format->plain.n, out->codes + part * length);
}
