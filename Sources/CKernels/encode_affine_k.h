// Blocks of 256 with a scale and an offset for each 16 or 32 (Q2_K, Q4_K, Q5_K), for the variant being compiled.

#ifndef LK_AFFINE_K_TYPES
#define LK_AFFINE_K_TYPES
/// How a format is searched: the largest code of a scale, and the trials with and without importance.
typedef struct {
    int scale_codes;
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
        LK(affine)(2, length, x + part * length, w + part * length, trial, found);
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
    for (int part = 0; part < parts; part++)
        LK(recode)(
            x + part * length, length, out->scale * out->scales[part], out->least * out->leasts[part], 0,
            format->plain.n, out->codes + part * length);
}
