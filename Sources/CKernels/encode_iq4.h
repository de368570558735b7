// Codes into the sixteen uneven steps of IQ4_NL and IQ4_XS, for the variant being compiled.

#ifndef LK_IQ4_TYPES
#define LK_IQ4_TYPES
/// The steps, ascending.
static const float lk_iq4_steps[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// The range from −128 on in 32 stretches of 8: none has more than one border between steps, and on either side of it
/// these are the nearest.
static const float lk_iq4_borders[32] = {
    0, -115.5f, 0, 0, -93.5f, 0, -74, 0, -57, 0, -42, 0, -28.5f, 0, -16, -4.5f,
    7, 0, 19, 31.5f, 0, 45.5f, 0, 61, 0, 79, 0, 0, 101, 0, 0, 0};
static const float lk_iq4_below[32] = {
    -127, -127, -104, -104, -104, -83, -83, -65, -65, -49, -49, -35, -35, -22, -22, -10,
    1, 13, 13, 25, 38, 38, 53, 53, 69, 69, 89, 89, 89, 113, 113, 113};
static const float lk_iq4_above[32] = {
    -127, -104, -104, -104, -83, -83, -65, -65, -49, -49, -35, -35, -22, -22, -10, 1,
    13, 13, 25, 38, 38, 53, 53, 69, 69, 89, 89, 89, 113, 113, 113, 113};
#endif

/// The nearest step, the upper of two equally near.
LK_INLINE lk_lanes LK(nearest_step)(lk_lanes x) {
#if defined(LK_VARIANT_IS_AVX512)
    const lk_lanes place = LK(smaller)(LK(larger)(x * 0.125f + 16, LK(splat)(0)), LK(splat)(31));
    const __m512i stretch = _mm512_cvttps_epi32((__m512)place);
#define LK_CHOSEN(table) (lk_lanes)_mm512_permutex2var_ps(_mm512_loadu_ps(table), stretch, _mm512_loadu_ps(table + 16))
    const lk_lanes border = LK_CHOSEN(lk_iq4_borders);
    return LK(select)(x >= border, LK_CHOSEN(lk_iq4_above), LK_CHOSEN(lk_iq4_below));
#undef LK_CHOSEN
#else
    lk_lanes step = LK(splat)(lk_iq4_steps[0]);
    LK_UNROLL for (int i = 1; i < 16; i++) {
        const lk_bits beyond = x >= (lk_iq4_steps[i - 1] + lk_iq4_steps[i]) * 0.5f;
        step = LK(select)(beyond, LK(splat)(lk_iq4_steps[i]), step);
    }
    return step;
#endif
}

/// The code of a step.
LK_INLINE lk_bits LK(step_code)(lk_lanes step) {
    lk_bits code = {0};
    LK_UNROLL for (int i = 1; i < 16; i++) code = code - (step >= lk_iq4_steps[i]);
    return code;
}

/// The scale that brings 32 scaled steps nearest to x under the weights w, searched for as `symmetric` does.
LK_INLINE lk_lanes LK(step_scale)(const lk_lanes *x, const lk_lanes *w) {
    const lk_lanes extreme = LK(extreme)(32, x);
    lk_lanes scale = LK(splat)(0), best = LK(splat)(0);
    for (int step = 0; step < 16; step++) {
        const lk_lanes candidate = step == 0 ? 1 / (-extreme / lk_iq4_steps[0])
                                             : LK(splat)((float)(step - 8) + lk_iq4_steps[0]) / extreme;
        lk_lanes a = LK(splat)(0), b = LK(splat)(0);
        for (int i = 0; i < 32; i++) {
            const lk_lanes q = LK(nearest_step)(candidate * x[i]), wq = w[i] * q;
            a = a + wq * x[i];
            b = b + wq * q;
        }
        const lk_bits better = step == 0 ? (lk_bits){0} == 0 : (b > 0) & (a * a > best * b);
        scale = LK(select)(better, a / b, scale);
        best = LK(select)(better, a / b * a, best);
    }
    const lk_bits something = LK(magnitude)(extreme) >= LK_NOTHING;
    return (lk_lanes)((lk_bits)scale & something & (scale == scale));
}

/// Codes of 32 numbers under a scale.
LK_INLINE void LK(step_codes)(const lk_lanes *x, lk_lanes scale, lk_bits *codes) {
    const lk_lanes inverse = LK(select)(scale != 0, 1 / scale, LK(splat)(0));
    for (int i = 0; i < 32; i++) codes[i] = LK(step_code)(LK(nearest_step)(x[i] * inverse));
}
