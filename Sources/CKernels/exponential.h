// eˣ and the logistic function on sixteen lanes, for the variant being compiled.

/// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and r = x − n ln 2 in two parts; eʳ = 1 + r + r² q(r).
///
/// q is the minimax polynomial of degree 4 on |r| ≤ ln 2 / 2 for the relative error of eʳ (3 · 10⁻⁹). The result is within
/// 1 ulp, subnormals included; −∞ gives 0, an overflow ∞, a NaN a NaN.
LK_INLINE lk_lanes LK(exp)(lk_lanes x) {
    const lk_lanes least = LK(splat)(-104.0f), most = LK(splat)(89.0f);
    x = LK(select)(x < least, least, x);
    x = LK(select)(x > most, most, x);
    // Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
    const lk_lanes magic = LK(splat)(0x1.8p23f);
    const lk_lanes shifted = LK(fma)(x, LK(splat)(0x1.715476p0f), magic);
    const lk_lanes n = shifted - magic;
    lk_lanes r = LK(fma)(n, LK(splat)(-0x1.62e430p-1f), x);
    r = LK(fma)(n, LK(splat)(0x1.05c610p-29f), r);
    lk_lanes q = LK(splat)(0x1.6a23d0p-10f);
    q = LK(fma)(q, r, LK(splat)(0x1.123a20p-7f));
    q = LK(fma)(q, r, LK(splat)(0x1.5558f2p-5f));
    q = LK(fma)(q, r, LK(splat)(0x1.555492p-3f));
    q = LK(fma)(q, r, LK(splat)(0x1.fffffcp-2f));
    const lk_lanes value = LK(fma)(q, r * r, r) + LK(splat)(1);
    // 2ⁿ in two factors: neither leaves the range of normal numbers, and only the second product rounds.
    const lk_words power = (lk_words)shifted - (lk_words)magic;
    const lk_words first = (lk_words)((lk_bits)power >> 1), second = power - first;
    return value * (lk_lanes)((first + 127) << 23) * (lk_lanes)((second + 127) << 23);
}

/// 1 / (1 + e⁻ˣ), from e to the power −|x| so that nothing overflows.
LK_INLINE lk_lanes LK(logistic)(lk_lanes x) {
    const lk_lanes minus = (lk_lanes)((lk_words)x | 0x80000000u);
    const lk_lanes small = LK(exp)(minus), one = LK(splat)(1), sum = one + small;
    const lk_lanes inverse = one / sum, part = LK(select)(x < LK(splat)(0), small, one);
    // What the sum lost in rounding, and what the product with its inverse did, is given back: each would cost another half
    // unit, and a second division more than both.
    const lk_lanes value = part * inverse, lost = small - (sum - one);
    return LK(fma)(LK(fma)(-value, lost, LK(fma)(-value, sum, part)), inverse, value);
}
