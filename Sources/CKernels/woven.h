// The woven form of eight rows, for the variant being compiled: [sixteen columns][half][pair][row of the pair][column of the half].

#ifndef LK_WOVEN_PAIRS
#define LK_WOVEN_PAIRS (lk_woven_rows / 2)
/// Floats of sixteen columns.
#define LK_WOVEN_FLOATS (lk_woven_rows * LK_LANES)
/// The rows of each pair, chosen so that folding leaves rows in order.
static const uint8_t lk_woven_pairs[LK_WOVEN_PAIRS][2] = {{0, 2}, {1, 3}, {4, 6}, {5, 7}};
#endif

/// Writes sixteen columns of a pair to where those columns of the rows begin.
LK_INLINE void LK(weave_pair)(float *woven, int pair, lk_lanes a, lk_lanes b) {
    LK(write)(
        woven + pair * LK_LANES,
        __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
    LK(write)(
        woven + (LK_WOVEN_PAIRS + pair) * LK_LANES,
        __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
}
