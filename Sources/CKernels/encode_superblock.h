// Blocks of 256 numbers in sub-blocks with scales of their own, for the variant being compiled.

/// Reads the sixteen blocks, and their importance where there is any.
LK_INLINE lk_lanes LK(sum_of_squares)(const lk_lanes *x, int count) {
    lk_lanes sum = LK(splat)(0);
    for (int i = 0; i < count; i++) sum = sum + x[i] * x[i];
    return sum;
}

LK_INLINE lk_lanes LK(sum)(const lk_lanes *x, int count) {
    lk_lanes sum = LK(splat)(0);
    for (int i = 0; i < count; i++) sum = sum + x[i];
    return sum;
}

/// The largest of numbers that are not negative.
LK_INLINE lk_lanes LK(largest)(const lk_lanes *x, int count) {
    lk_lanes largest = LK(splat)(0);
    for (int i = 0; i < count; i++) largest = LK(larger)(x[i], largest);
    return largest;
}

/// Codes 0 … n of numbers that are not negative, the largest at n, and the scale as it is stored.
LK_INLINE lk_lanes LK(spread)(const lk_lanes *x, int count, float n, lk_lanes *codes) {
    const lk_lanes largest = LK(largest)(x, count);
    const lk_lanes inverse = LK(select)(largest > 0, n / largest, LK(splat)(0));
    for (int i = 0; i < count; i++) codes[i] = LK(code)(inverse * x[i], 0, n);
    return LK(through_half)(largest / n);
}

/// Codes −n … n − 1 of numbers of either sign, the one of largest magnitude at −n, and the scale as it is stored.
LK_INLINE lk_lanes LK(spread_signed)(const lk_lanes *x, int count, float n, lk_lanes *codes) {
    const lk_lanes extreme = LK(extreme)(count, x);
    const lk_bits something = extreme != 0;
    const lk_lanes inverse = LK(select)(something, -n / extreme, LK(splat)(0));
    for (int i = 0; i < count; i++) codes[i] = LK(code)(inverse * x[i], -n, n - 1);
    return LK(through_half)(LK(select)(something, 1 / inverse, LK(splat)(0)));
}

/// Codes low … high nearest to (x + least) / scale; where the scale is zero the given ones stay.
LK_INLINE void LK(recode)(
    const lk_lanes *x, int count, lk_lanes scale, lk_lanes least, float low, float high, lk_lanes *codes) {
    const lk_bits usable = scale != 0;
    for (int i = 0; i < count; i++)
        codes[i] = LK(select)(usable, LK(code)((x[i] + least) / scale, low, high), codes[i]);
}

/// The codes that a search found best, where the scale as it is stored turned out zero; rare.
LK_INLINE void LK(found_codes)(const lk_lanes *x, int count, const lk_affine *found, float n, lk_lanes *codes) {
    for (int i = 0; i < count; i++) codes[i] = LK(code)(found->inverse * (x[i] - found->offset), 0, n);
}

/// Tries the neighbours of a sub-block's scale among its codes, now that it is known what the codes stand for; a neighbour
/// is taken where it lowers both the error by the weights w and that by importance alone (`plain`, null where all numbers
/// count alike).
///
/// This goes beyond ggml, which takes the nearest codes of the scales it sought.
LK_INLINE void LK(improve_scale)(
    const lk_lanes *x, const lk_lanes *w, const lk_lanes *plain, const int length, float n, float scale_codes,
    lk_lanes super, lk_lanes *scale) {
    static const float steps[3] = {0, 1, -1};
    const lk_lanes first = *scale;
    lk_lanes error = LK(splat)(0), plain_error = LK(splat)(0);
    for (int t = 0; t < 3; t++) {
        const lk_lanes tried = first + steps[t], unit = super * tried, inverse = 1 / unit;
        lk_lanes now = LK(splat)(0), plain_now = LK(splat)(0);
        for (int i = 0; i < length; i++) {
            const lk_lanes off = LK(code)(x[i] * inverse, -n, n - 1) * unit - x[i], square = off * off;
            now = LK(fma)(w[i], square, now);
            plain_now = plain ? LK(fma)(plain[i], square, plain_now) : plain_now + square;
        }
        const lk_bits possible = (tried != 0) & (tried >= -scale_codes) & (tried < scale_codes);
        const lk_bits better =
            t == 0 ? (lk_bits){0} == 0 : possible & (now < error) & (plain_now <= plain_error);
        error = LK(select)(better, now, error);
        plain_error = LK(select)(better, plain_now, plain_error);
        *scale = LK(select)(better, tried, *scale);
    }
}
