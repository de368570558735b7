// Searches for the scales of a few numbers, each lane for its own, for the variant being compiled.
//
// They take the steps of ggml's searches in ggml's order (ggml-quants.c of ggml 0.25), so that they find the same bits.

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

/// Scale and offset of codes 0 … n that bring scale · code − least nearest to x under the weights w, with least ≥ 0;
/// for `sides` groups of `count` numbers, side by side since each step waits for its divisions.
///
/// Each step takes the codes nearest for an inverse and the offset found best so far, then the best scale and offset for
/// these codes by weighted least squares, and keeps them where the error is smaller.
LK_INLINE void LK(affine)(
    const int sides, const int count, const lk_lanes *x, const lk_lanes *w, const lk_trial *trial, lk_affine *best) {
    const lk_lanes zero = LK(splat)(0);
    lk_lanes least[2], most[2], sum_w[2], sum_x[2], minimum[2], error[2], inverse[2], sum_l[2], sum_l2[2], sum_xl[2];
    lk_lanes scale[2], low[2], now[2], codes[64];
    LK_UNROLL for (int s = 0; s < sides; s++) {
        const lk_lanes *own = x + s * count, *weights = w + s * count;
        least[s] = most[s] = own[0];
        sum_w[s] = weights[0];
        sum_x[s] = weights[0] * own[0];
        for (int i = 1; i < count; i++) {
            least[s] = LK(smaller)(own[i], least[s]);
            most[s] = LK(larger)(own[i], most[s]);
            sum_w[s] = sum_w[s] + weights[i];
            sum_x[s] = sum_x[s] + weights[i] * own[i];
        }
        least[s] = LK(smaller)(least[s], zero);
        minimum[s] = least[s];
        best[s] = (lk_affine){.inverse = trial->n / (most[s] - least[s]), .offset = least[s]};
        best[s].scale = 1 / best[s].inverse;
        error[s] = zero;
        for (int i = 0; i < count; i++) {
            const lk_lanes code = LK(code)(best[s].inverse * (own[i] - least[s]), 0, trial->n);
            const lk_lanes off = best[s].scale * code + least[s] - own[i];
            error[s] = error[s] + weights[i] * (trial->absolute ? LK(magnitude)(off) : off * off);
        }
    }
    for (int t = 0; t <= trial->last; t++) {
        LK_UNROLL for (int s = 0; s < sides; s++) {
            inverse[s] = (trial->first + trial->step * (float)t + trial->n) / (most[s] - minimum[s]);
            sum_l[s] = sum_l2[s] = sum_xl[s] = zero;
        }
        for (int i = 0; i < count; i++) {
            LK_UNROLL for (int s = 0; s < sides; s++) {
                const int k = s * count + i;
                const lk_lanes code = LK(code)(inverse[s] * (x[k] - minimum[s]), 0, trial->n), wl = w[k] * code;
                codes[k] = code;
                sum_l[s] = sum_l[s] + wl;
                sum_l2[s] = sum_l2[s] + wl * code;
                sum_xl[s] = sum_xl[s] + wl * x[k];
            }
        }
        LK_UNROLL for (int s = 0; s < sides; s++) {
            const lk_lanes determinant = sum_w[s] * sum_l2[s] - sum_l[s] * sum_l[s];
            scale[s] = (sum_w[s] * sum_xl[s] - sum_x[s] * sum_l[s]) / determinant;
            low[s] = (sum_l2[s] * sum_x[s] - sum_l[s] * sum_xl[s]) / determinant;
            scale[s] = LK(select)(low[s] > 0, sum_xl[s] / sum_l2[s], scale[s]);
            low[s] = LK(select)(low[s] > 0, zero, low[s]);
            // Without a determinant there is no solution, and an error without end.
            now[s] = LK(select)(determinant > 0, zero, LK(splat)(__builtin_inff()));
        }
        for (int i = 0; i < count; i++) {
            LK_UNROLL for (int s = 0; s < sides; s++) {
                const int k = s * count + i;
                const lk_lanes off = scale[s] * codes[k] + low[s] - x[k];
                now[s] = now[s] + w[k] * (trial->absolute ? LK(magnitude)(off) : off * off);
            }
        }
        LK_UNROLL for (int s = 0; s < sides; s++) {
            const lk_bits better = now[s] < error[s];
            error[s] = LK(select)(better, now[s], error[s]);
            best[s].inverse = LK(select)(better, inverse[s], best[s].inverse);
            best[s].offset = LK(select)(better, minimum[s], best[s].offset);
            best[s].scale = LK(select)(better, scale[s], best[s].scale);
            minimum[s] = LK(select)(better, low[s], minimum[s]);
        }
    }
    LK_UNROLL for (int s = 0; s < sides; s++) {
        const lk_bits flat = ~(most[s] > least[s]);
        best[s].scale = LK(select)(flat, zero, best[s].scale);
        best[s].inverse = LK(select)(flat, zero, best[s].inverse);
        best[s].offset = LK(select)(flat, zero, best[s].offset);
        best[s].least = -LK(select)(flat, least[s], minimum[s]);
    }
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
