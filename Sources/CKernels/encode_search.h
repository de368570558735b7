// Searches for the scales of a few numbers, each lane for its own, for the variant being compiled.
//
// They follow ggml's searches step by step (formats and order of sums: ggml-quants.c of ggml 0.25), so that what they find
// is never worse than what it finds; where we go on from there, the comments say so.

/// The number of largest magnitude, the first of equals; zero for none.
LK_INLINE lk_lanes LK(extreme)(const int count, const lk_lanes *x) {
    lk_lanes extreme = LK(splat)(0), largest = LK(splat)(0);
    for (int i = 0; i < count; i++) {
        const lk_lanes size = LK(magnitude)(x[i]);
        extreme = LK(select)(size > largest, x[i], extreme);
        largest = LK(larger)(size, largest);
    }
    return extreme;
}

/// The scale of codes −n … n − 1 that brings them nearest to x under the weights w.
///
/// Each step tries the codes nearest to x · inverse and then the best scale for these codes: with A = Σ w·x·q and
/// B = Σ w·q² that is A / B, and it takes A² / B off the error. `inverses` holds what the inverse is tried at, times
/// −extreme; the first is tried first.
/// - Returns: the scale, and in `inverse` what the best codes are nearest for; both 0 where all x are nothing.
LK_INLINE lk_lanes LK(symmetric)(
    const int count, const lk_lanes *x, const lk_lanes *w, float n, const float *inverses, int tries,
    lk_lanes *inverse) {
    const lk_lanes extreme = LK(extreme)(count, x);
    lk_lanes wx[count], scale = LK(splat)(0), best = LK(splat)(0);
    for (int i = 0; i < count; i++) wx[i] = w[i] * x[i];
    *inverse = LK(splat)(0);
    for (int t = 0; t < tries; t++) {
        const lk_lanes candidate = LK(splat)(-inverses[t]) / extreme;
        lk_lanes a = LK(splat)(0), b = LK(splat)(0);
        for (int i = 0; i < count; i++) {
            const lk_lanes q = LK(code)(candidate * x[i], -n, n - 1);
            a = a + wx[i] * q;
            b = b + w[i] * q * q;
        }
        const lk_bits better = t == 0 ? (lk_bits)(b == b) : (b > 0) & (a * a > best * b);
        const lk_lanes found = LK(select)(b > 0, a / b, LK(splat)(0));
        scale = LK(select)(better, found, scale);
        best = LK(select)(better, found * a, best);
        *inverse = LK(select)(better, candidate, *inverse);
    }
    const lk_bits something = LK(magnitude)(extreme) >= LK_NOTHING;
    *inverse = (lk_lanes)((lk_bits)*inverse & something);
    return (lk_lanes)((lk_bits)scale & something);
}
