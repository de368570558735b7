// Searches for the scales of a few numbers, each lane for its own, for the variant being compiled.
//
// They take the steps of ggml's searches in ggml's order (ggml-quants.c of ggml 0.25), so that they find what it finds.

#ifndef LK_SEARCH_TYPES
#define LK_SEARCH_TYPES
/// What numbers are nearest for codes of scale · code − least, and what the codes were nearest for when it was found:
/// code = nearest(inverse · (x − offset)).
typedef struct {
    lk_lanes scale, least, inverse, offset;
} lk_affine;

/// How inverses are tried: (first + step · t + n) / range for t = 0 … last, and whether errors count by magnitude.
typedef struct {
    float n, first, step;
    int last, absolute;
} lk_trial;
#endif

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
/// Each step takes the codes nearest to x · inverse, then the best scale for these codes: with A = Σ w·x·q and
/// B = Σ w·q² that is A / B, and it takes A² / B off the error. Inverses are n / −extreme, then (n + t / 10) / −extreme
/// for t from −tries to tries.
/// - Returns: the scale, and in `inverse` what the best codes are nearest for; both 0 where all x are nothing.
LK_INLINE lk_lanes LK(symmetric)(
    const int count, const lk_lanes *x, const lk_lanes *w, float n, int tries, lk_lanes *inverse) {
    const lk_lanes extreme = LK(extreme)(count, x);
    lk_lanes wx[32], scale = LK(splat)(0), best = LK(splat)(0);
    for (int i = 0; i < count; i++) wx[i] = w[i] * x[i];
    *inverse = LK(splat)(0);
    for (int step = 0; step <= 2 * tries; step++) {
        const int t = step == 0 ? 0 : step <= tries ? step - 1 - tries : step - tries;
        const lk_lanes candidate = LK(splat)(-(n + 0.1f * (float)t)) / extreme;
        lk_lanes a = LK(splat)(0), b = LK(splat)(0);
        for (int i = 0; i < count; i++) {
            const lk_lanes q = LK(code)(candidate * x[i], -n, n - 1);
            a = a + wx[i] * q;
            b = b + w[i] * q * q;
        }
        const lk_bits better = step == 0 ? (lk_bits){0} == 0 : (b > 0) & (a * a > best * b);
        const lk_lanes found = LK(select)(b > 0, a / b, LK(splat)(0));
        scale = LK(select)(better, found, scale);
        best = LK(select)(better, found * a, best);
        *inverse = LK(select)(better, candidate, *inverse);
    }
    const lk_bits something = LK(magnitude)(extreme) >= LK_NOTHING;
    *inverse = (lk_lanes)((lk_bits)*inverse & something);
    return (lk_lanes)((lk_bits)scale & something);
}

/// As `symmetric` with weights x²: starts from the codes nearest for n / −extreme and then, code by code and up to five
/// times, moves each to where it takes most off the error given the others.
///
/// Four groups of `count` numbers go side by side, since each waits for its own division.
/// - Returns: in `scales` the scales, and the codes; 0 and −n where all x of a group are nothing.
LK_INLINE void LK(descended)(const int count, const lk_lanes *x, float n, lk_lanes *codes, lk_lanes *scales) {
    lk_bits something[4];
    lk_lanes w[64], wx[64], a[4], b[4];
    for (int s = 0; s < 4; s++) {
        const lk_lanes extreme = LK(extreme)(count, x + s * count), inverse = LK(splat)(-n) / extreme;
        something[s] = LK(magnitude)(extreme) >= LK_NOTHING;
        a[s] = b[s] = LK(splat)(0);
        for (int i = s * count; i < (s + 1) * count; i++) {
            w[i] = x[i] * x[i];
            wx[i] = w[i] * x[i];
            codes[i] = LK(code)(inverse * x[i], -n, n - 1);
            a[s] = a[s] + wx[i] * codes[i];
            b[s] = b[s] + w[i] * codes[i] * codes[i];
        }
    }
    for (int pass = 0; pass < 5; pass++) {
        lk_bits changed = {0};
        for (int k = 0; k < count; k++) {
            LK_UNROLL for (int s = 0; s < 4; s++) {
                const int i = s * count + k;
                lk_lanes a1 = a[s] - wx[i] * codes[i], b1 = b[s] - w[i] * codes[i] * codes[i];
                const lk_lanes code = LK(code)(x[i] * b1 / a1, -n, n - 1);
                lk_bits moves = (a1 > 0) & (code != codes[i]);
                a1 = a1 + wx[i] * code;
                b1 = b1 + w[i] * code * code;
                moves = moves & (b1 > 0) & (a1 * a1 * b[s] > a[s] * a[s] * b1);
                codes[i] = LK(select)(moves, code, codes[i]);
                a[s] = LK(select)(moves, a1, a[s]);
                b[s] = LK(select)(moves, b1, b[s]);
                changed = changed | (moves & something[s]);
            }
        }
        if (!LK(any)(changed)) break;
    }
    for (int s = 0; s < 4; s++) {
        for (int i = s * count; i < (s + 1) * count; i++) codes[i] = LK(select)(something[s], codes[i], LK(splat)(-n));
        scales[s] = LK(select)(something[s] & (b[s] > 0), a[s] / b[s], LK(splat)(0));
    }
}

/// Scale and offset of codes 0 … n that bring scale · code − least nearest to x under the weights w, with least ≥ 0
/// unless `free`.
///
/// Each step takes the codes nearest for an inverse and the offset found best so far, then the best scale and offset for
/// these codes by weighted least squares, and keeps them where the error is smaller.
LK_INLINE lk_affine LK(affine)(
    const int count, const lk_lanes *x, const lk_lanes *w, const lk_trial *trial, const int free) {
    const lk_lanes zero = LK(splat)(0);
    lk_lanes least = x[0], most = x[0], sum_w = w[0], sum_x = w[0] * x[0], codes[32];
    for (int i = 1; i < count; i++) {
        least = LK(smaller)(x[i], least);
        most = LK(larger)(x[i], most);
        sum_w = sum_w + w[i];
        sum_x = sum_x + w[i] * x[i];
    }
    if (!free) least = LK(smaller)(least, zero);
    const lk_bits flat = ~(most > least);
    lk_affine best = {.inverse = trial->n / (most - least), .offset = least};
    best.scale = 1 / best.inverse;
    lk_lanes minimum = least, error = zero;
    const lk_lanes flat_minimum = least;
    for (int i = 0; i < count; i++) {
        const lk_lanes code = LK(code)(best.inverse * (x[i] - least), 0, trial->n);
        const lk_lanes off = best.scale * code + least - x[i];
        error = error + w[i] * (trial->absolute ? LK(magnitude)(off) : off * off);
    }
    for (int t = 0; t <= trial->last; t++) {
        const lk_lanes inverse = (trial->first + trial->step * (float)t + trial->n) / (most - minimum);
        lk_lanes sum_l = zero, sum_l2 = zero, sum_xl = zero;
        for (int i = 0; i < count; i++) {
            const lk_lanes code = LK(code)(inverse * (x[i] - minimum), 0, trial->n), wl = w[i] * code;
            codes[i] = code;
            sum_l = sum_l + wl;
            sum_l2 = sum_l2 + wl * code;
            sum_xl = sum_xl + wl * x[i];
        }
        const lk_lanes determinant = sum_w * sum_l2 - sum_l * sum_l;
        lk_lanes scale = (sum_w * sum_xl - sum_x * sum_l) / determinant;
        lk_lanes low = (sum_l2 * sum_x - sum_l * sum_xl) / determinant;
        if (!free) {
            scale = LK(select)(low > 0, sum_xl / sum_l2, scale);
            low = LK(select)(low > 0, zero, low);
        }
        lk_lanes now = zero;
        for (int i = 0; i < count; i++) {
            const lk_lanes off = scale * codes[i] + low - x[i];
            now = now + w[i] * (trial->absolute ? LK(magnitude)(off) : off * off);
        }
        const lk_bits better = (determinant > 0) & (now < error);
        error = LK(select)(better, now, error);
        best.inverse = LK(select)(better, inverse, best.inverse);
        best.offset = LK(select)(better, minimum, best.offset);
        best.scale = LK(select)(better, scale, best.scale);
        minimum = LK(select)(better, low, minimum);
    }
    best.scale = LK(select)(flat, zero, best.scale);
    best.inverse = LK(select)(flat, zero, best.inverse);
    best.offset = LK(select)(flat, zero, best.offset);
    best.least = -LK(select)(flat, flat_minimum, minimum);
    return best;
}

/// The scale of codes 0 … n for numbers that are not negative, under the weights w: nine inverses by their error, then up
/// to five rounds of moving code by code.
LK_INLINE lk_lanes LK(positive)(const int count, const lk_lanes *x, const lk_lanes *w, float n, lk_lanes *codes) {
    const lk_lanes zero = LK(splat)(0);
    lk_lanes most = zero, inverse = zero, error = zero;
    for (int i = 0; i < count; i++) most = LK(larger)(x[i], most);
    const lk_bits something = most >= LK_NOTHING;
    for (int step = 0; step < 9; step++) {
        const int t = step == 0 ? 0 : step <= 4 ? step - 5 : step - 4;
        const lk_lanes candidate = LK(splat)(0.1f * (float)t + n) / most, scale = 1 / candidate;
        lk_lanes now = zero;
        for (int i = 0; i < count; i++) {
            const lk_lanes off = x[i] - scale * LK(smaller)(LK(nearest)(candidate * x[i]), LK(splat)(n));
            now = now + w[i] * off * off;
        }
        const lk_bits better = step == 0 ? (lk_bits){0} == 0 : now < error;
        error = LK(select)(better, now, error);
        inverse = LK(select)(better, candidate, inverse);
    }
    lk_lanes a = zero, b = zero;
    for (int i = 0; i < count; i++) {
        codes[i] = LK(smaller)(LK(nearest)(inverse * x[i]), LK(splat)(n));
        a = a + w[i] * x[i] * codes[i];
        b = b + w[i] * codes[i] * codes[i];
    }
    for (int pass = 0; pass < 5; pass++) {
        lk_bits changed = {0};
        for (int i = 0; i < count; i++) {
            lk_lanes a1 = a - w[i] * x[i] * codes[i], b1 = b - w[i] * codes[i] * codes[i];
            const lk_lanes code = LK(smaller)(LK(nearest)(x[i] * b1 / a1), LK(splat)(n));
            lk_bits moves = (a1 > 0) & (b1 > 0) & (code != codes[i]);
            a1 = a1 + w[i] * x[i] * code;
            b1 = b1 + w[i] * code * code;
            moves = moves & (a1 * a1 * b > a * a * b1);
            codes[i] = LK(select)(moves, code, codes[i]);
            a = LK(select)(moves, a1, a);
            b = LK(select)(moves, b1, b);
            changed = changed | moves;
        }
        if (!LK(any)(changed & something)) break;
    }
    for (int i = 0; i < count; i++) codes[i] = LK(select)(something, codes[i], zero);
    return LK(select)(something & (b > 0), a / b, zero);
}
