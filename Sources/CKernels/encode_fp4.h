// The sixteen E2M1 numbers, for the variant being compiled. They are doubled here: 0 1 2 3 4 6 8 12 and their negatives.

/// The nearest doubled magnitude.
LK_INLINE lk_lanes LK(doubled_fp4)(lk_lanes size) {
    const lk_lanes fine = LK(nearest)(size), coarse = LK(nearest)(size * 0.5f) * 2;
    const lk_lanes large = LK(select)(size > 10, LK(splat)(12), LK(splat)(8));
    return LK(select)(size < 4, fine, LK(select)(size < 8, coarse, large));
}

/// The code of the number nearest to half of u; zero is code 0 whatever its sign.
LK_INLINE lk_bits LK(fp4_code)(lk_lanes u) {
    const lk_bits size = LK(whole)(LK(doubled_fp4)(LK(magnitude)(u)));
    const lk_bits below = size < 4, small = (size & below) | (4 & ~below);
    const lk_bits code = small - (size > 5) - (size > 7) - (size > 9);
    return code | (8 & (u < 0) & (code > 0));
}
