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
