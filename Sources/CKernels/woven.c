#ifndef LK_VARIANT
// Products of some vectors with short rows: two rows are woven together, eight lanes of each, so that half of what has to be
// folded at the end lies one above the other and is added as it is. Without 32 registers there is no room for it.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "woven.c"
#include "variants.h"
#elif defined(LK_VARIANT_IS_AVX512)

#include "woven.h"

/// Vectors of a register tile.
#define LK_TILE_VECTORS 3

LK_INLINE lk_lanes8 LK(read_eight)(const float *p) {
    lk_lanes8 eight;
    __builtin_memcpy(&eight, p, sizeof eight);
    return eight;
}

LK_INLINE void LK(write_eight)(float *p, lk_lanes8 eight) { __builtin_memcpy(p, &eight, sizeof eight); }

LK_INLINE void LK(weave)(const float *values, size_t rows, size_t columns, float *woven) {
    for (size_t k = 0; k < columns; k += LK_LANES, woven += LK_WOVEN_FLOATS) {
        LK_UNROLL for (int pair = 0; pair < LK_WOVEN_PAIRS; pair++) {
            lk_lanes both[2];
            LK_UNROLL for (int n = 0; n < 2; n++) {
                const size_t row = lk_woven_pairs[pair][n];
                both[n] = row < rows ? LK(read)(values + row * columns + k) : LK(splat)(0);
            }
            LK(weave_pair)(woven, pair, both[0], both[1]);
        }
    }
}

void LK(weave_rows)(const float *values, size_t rows, size_t columns, float *woven) {
    if (rows < lk_woven_rows) LK(weave)(values, rows, columns, woven);
    else LK(weave)(values, lk_woven_rows, columns, woven);
}

/// The last two levels of the tree over what is left of four rows each: of two times four rows.
LK_INLINE lk_lanes8 LK(fold_two_fours)(lk_lanes a, lk_lanes b) {
    lk_lanes all = LK(fold_pairs)(a, b);
    all += __builtin_shufflevector(all, all, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    return __builtin_shufflevector(all, all, 0, 4, 8, 12, 2, 6, 10, 14);
}

/// As `fold_two_fours` of four times four rows.
LK_INLINE lk_lanes LK(fold_four_fours)(lk_lanes a, lk_lanes b, lk_lanes c, lk_lanes d) {
    const lk_lanes all = LK(fold_neighbours)(LK(fold_pairs)(a, b), LK(fold_pairs)(c, d));
    return __builtin_shufflevector(all, all, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}

/// Writes the first of eight dots.
static __attribute__((noinline)) void LK(write_dots)(lk_lanes8 dots, size_t rows, const float *bias, float *y) {
    float all[lk_woven_rows];
    LK(write_eight)(all, dots);
    for (size_t row = 0; row < rows; row++) y[row] = bias ? all[row] + bias[row] : all[row];
}

/// The dots of a tile's rows, of which `rows` are wanted, with `vectors` vectors, a constant.
LK_INLINE void LK(woven_tile)(
    const int vectors, const float *w, size_t rows, size_t columns, const float *x, const float *bias, float *y,
    size_t y_stride) {
    lk_lanes sums[2][LK_WOVEN_PAIRS][LK_TILE_VECTORS];
    LK_UNROLL for (int half = 0; half < 2; half++) {
        LK_UNROLL for (int pair = 0; pair < LK_WOVEN_PAIRS; pair++) {
            LK_UNROLL for (int i = 0; i < vectors; i++) sums[half][pair][i] = LK(splat)(0);
        }
    }
    for (size_t k = 0; k < columns; k += LK_LANES, w += LK_WOVEN_FLOATS) {
        LK_UNROLL for (int half = 0; half < 2; half++) {
            lk_lanes weights[LK_WOVEN_PAIRS];
            LK_UNROLL for (int pair = 0; pair < LK_WOVEN_PAIRS; pair++)
                weights[pair] = LK(read)(w + (half * LK_WOVEN_PAIRS + pair) * LK_LANES);
            LK_UNROLL for (int i = 0; i < vectors; i++) {
                const lk_lanes8 eight = LK(read_eight)(x + (size_t)i * columns + k + 8 * half);
                const lk_lanes both =
                    __builtin_shufflevector(eight, eight, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
                LK_UNROLL for (int pair = 0; pair < LK_WOVEN_PAIRS; pair++)
                    sums[half][pair][i] = LK(fma)(weights[pair], both, sums[half][pair][i]);
            }
        }
    }
    // Of each vector two times four rows, of each row four lanes that are left.
    lk_lanes fours[LK_TILE_VECTORS][2];
    LK_UNROLL for (int i = 0; i < vectors; i++) {
        LK_UNROLL for (int n = 0; n < 2; n++)
            fours[i][n] = LK(fold_quarters)(
                sums[0][2 * n][i] + sums[1][2 * n][i], sums[0][2 * n + 1][i] + sums[1][2 * n + 1][i]);
    }
    lk_lanes8 dots[LK_TILE_VECTORS];
    if (vectors > 1) {
        const lk_lanes both = LK(fold_four_fours)(fours[0][0], fours[0][1], fours[1][0], fours[1][1]);
        dots[0] = __builtin_shufflevector(both, both, 0, 1, 2, 3, 4, 5, 6, 7);
        dots[1] = __builtin_shufflevector(both, both, 8, 9, 10, 11, 12, 13, 14, 15);
    }
    if (vectors % 2 != 0) dots[vectors - 1] = LK(fold_two_fours)(fours[vectors - 1][0], fours[vectors - 1][1]);
    LK_UNROLL for (int i = 0; i < vectors; i++) {
        if (rows < lk_woven_rows) LK(write_dots)(dots[i], rows, bias, y);
        else LK(write_eight)(y, bias ? dots[i] + LK(read_eight)(bias) : dots[i]);
        y += y_stride;
    }
}

/// The dots of all rows with `vectors` vectors, a constant.
LK_INLINE void LK(woven_band)(
    const int vectors, const float *w, size_t rows, size_t columns, const float *x, const float *bias, float *y,
    size_t y_stride) {
    for (size_t row = 0; row < rows; row += lk_woven_rows)
        LK(woven_tile)(
            vectors, w + row * columns, rows - row, columns, x, bias ? bias + row : 0, y + row, y_stride);
}

void LK(multiply_woven)(
    const float *weights, size_t rows, size_t columns, const float *vectors, size_t count, const float *bias, float *y,
    size_t y_stride) {
    size_t first = 0;
    for (size_t bands = (count + LK_TILE_VECTORS - 1) / LK_TILE_VECTORS; bands > 0; bands--) {
        const size_t width = (count - first + bands - 1) / bands;
        const float *x = vectors + first * columns;
        float *z = y + first * y_stride;
        switch (width) {
            case 1: LK(woven_band)(1, weights, rows, columns, x, bias, z, y_stride); break;
            case 2: LK(woven_band)(2, weights, rows, columns, x, bias, z, y_stride); break;
            default: LK(woven_band)(LK_TILE_VECTORS, weights, rows, columns, x, bias, z, y_stride);
        }
        first += width;
    }
}

#undef LK_TILE_VECTORS
#endif
