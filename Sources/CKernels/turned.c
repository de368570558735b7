#ifndef LK_VARIANT
// Products of many vectors: weights and vectors are turned so that rows lie in lanes and nothing is left to fold.
//
// A dot product's sixteen canonical lanes are sums over columns l, l + 16, l + 32, … Here each is taken by itself for a tile of
// rows and vectors, as a product of matrices is elsewhere, and added to those before it in the order of the canonical tree.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "turned.c"
#include "variants.h"
#else

#include "turn.h"

// A register tile: so many groups of sixteen rows times so many vectors keep the multipliers busy and fit the registers.
#if defined(LK_VARIANT_IS_AVX512)
#define LK_TILE_GROUPS 2
#define LK_TILE_VECTORS 12
#else
#define LK_TILE_GROUPS 1
#define LK_TILE_VECTORS 6
#endif

#ifndef LK_TURNED_ORDER
#define LK_TURNED_ORDER
/// The lanes in an order in which the tree i and i + 8, then i + 4, i + 2, i + 1, adds neighbours.
static const uint8_t lk_turned_order[LK_LANES] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};

/// Columns of a lane.
static inline size_t lk_turned_steps(size_t columns, size_t lane) { return (columns + LK_LANES - 1 - lane) / LK_LANES; }

static inline size_t lk_turned_even(size_t count) { return (count + 1) / 2 * 2; }

/// Vectors of a tile, the last one's apart: as even as tiles can be.
static inline size_t lk_turned_width(size_t count) {
    const size_t tiles = (count + lk_turned_vectors - 1) / lk_turned_vectors;
    return tiles == 0 ? 0 : lk_turned_even((count + tiles - 1) / tiles);
}
#endif

/// Turns up to sixteen rows: turned[lane in order][step][row], `width` numbers a step of which `written` are written, zeros
/// in the place of missing rows.
LK_INLINE void LK(turn_some)(
    const float *values, size_t rows, size_t columns, size_t written, float *turned, size_t width) {
    float *lanes[LK_LANES];
    for (size_t place = 0; place < LK_LANES; place++) {
        lanes[lk_turned_order[place]] = turned;
        turned += width * lk_turned_steps(columns, lk_turned_order[place]);
    }
    for (size_t k = 0; k < columns; k += LK_LANES) {
        const size_t taken = columns - k < LK_LANES ? columns - k : LK_LANES, step = k / LK_LANES * width;
        lk_lanes square[LK_LANES];
        LK_UNROLL for (size_t row = 0; row < LK_LANES; row++) {
            square[row] = row >= rows       ? LK(splat)(0)
                        : taken == LK_LANES ? LK(read)(values + row * columns + k)
                                            : LK(read_some)(values + row * columns + k, taken);
        }
        LK(turn)(square);
        if (taken == LK_LANES && written == LK_LANES) {
            LK_UNROLL for (size_t lane = 0; lane < LK_LANES; lane++) LK(write)(lanes[lane] + step, square[lane]);
        } else {
            for (size_t lane = 0; lane < taken; lane++) LK(write_some)(lanes[lane] + step, square[lane], written);
        }
    }
}

void LK(turn_rows)(const float *values, size_t first, size_t rows, size_t columns, float *turned) {
    const size_t place = first % lk_turned_rows;
    float *panel = turned + (first - place) * columns;
    LK(turn_some)(values, rows - first, columns, LK_LANES, panel + place, lk_turned_rows);
    // A group that no row is left for is multiplied too.
    for (size_t empty = place + LK_LANES; empty < lk_turned_rows && first - place + empty >= rows; empty += LK_LANES) {
        for (size_t k = 0; k < columns; k++) LK(write)(panel + k * lk_turned_rows + empty, LK(splat)(0));
    }
}

void LK(turn_vectors)(const float *values, size_t count, size_t columns, size_t first, size_t end, float *turned) {
    const size_t most = lk_turned_width(count);
    for (size_t begin = first * most; begin < end * most && begin < count; begin += most) {
        const size_t here = count - begin < most ? count - begin : most, width = lk_turned_even(here);
        LK(turn_some)(values + begin * columns, here, columns, width, turned + begin * columns, width);
    }
}

/// The dots of some groups of rows with `vectors` vectors, a constant, of `width` in their tile; `count` are wanted.
LK_INLINE void LK(turned_tile)(
    const int vectors, const float *w, size_t rows, size_t columns, const float *x, size_t width, size_t count,
    const float *bias, float *y, size_t y_stride) {
    lk_lanes pending[4][LK_TILE_GROUPS][LK_TILE_VECTORS];
    lk_lanes sums[LK_TILE_GROUPS][LK_TILE_VECTORS];
    const uintptr_t ahead = width * columns * sizeof *x;
    for (size_t place = 0; place < LK_LANES; place++) {
        LK_UNROLL for (int g = 0; g < LK_TILE_GROUPS; g++) {
            LK_UNROLL for (int i = 0; i < vectors; i++) sums[g][i] = LK(splat)(0);
        }
        for (size_t step = lk_turned_steps(columns, lk_turned_order[place]); step > 0; step--) {
            lk_lanes weights[LK_TILE_GROUPS];
            __builtin_prefetch((const void *)((uintptr_t)x + ahead), 0, 2);
            LK_UNROLL for (int g = 0; g < LK_TILE_GROUPS; g++) weights[g] = LK(read)(w + g * LK_LANES);
            LK_UNROLL for (int i = 0; i < vectors; i++) {
                const lk_lanes value = LK(splat)(x[i]);
                LK_UNROLL for (int g = 0; g < LK_TILE_GROUPS; g++) sums[g][i] = LK(fma)(value, weights[g], sums[g][i]);
            }
            w += lk_turned_rows;
            x += width;
        }
        // As in counting: a lane's sum waits for its neighbour's, that of the two for the next two's.
        size_t level = 0;
        for (; place >> level & 1; level++) {
            LK_UNROLL for (int g = 0; g < LK_TILE_GROUPS; g++) {
                LK_UNROLL for (int i = 0; i < vectors; i++) sums[g][i] = pending[level][g][i] + sums[g][i];
            }
        }
        if (level == 4) break;
        LK_UNROLL for (int g = 0; g < LK_TILE_GROUPS; g++) {
            LK_UNROLL for (int i = 0; i < vectors; i++) pending[level][g][i] = sums[g][i];
        }
    }
    LK_UNROLL for (size_t g = 0; g < LK_TILE_GROUPS; g++) {
        if (rows <= g * LK_LANES) break;
        const size_t here = rows - g * LK_LANES < LK_LANES ? rows - g * LK_LANES : LK_LANES;
        const lk_lanes added = bias ? LK(read_some)(bias + g * LK_LANES, here) : LK(splat)(0);
        LK_UNROLL for (size_t i = 0; i < (size_t)vectors; i++) {
            if (i < count)
                LK(write_some)(y + i * y_stride + g * LK_LANES, bias ? sums[g][i] + added : sums[g][i], here);
        }
    }
}

/// The dots of some groups of rows with a tile's vectors.
LK_INLINE void LK(turned_strip)(
    const float *w, size_t rows, size_t columns, const float *x, size_t count, const float *bias, float *y,
    size_t y_stride) {
    const size_t width = lk_turned_even(count);
    for (size_t i = 0; i < count; i += LK_TILE_VECTORS) {
        float *z = y + i * y_stride;
        switch (width - i) {
            case 2: LK(turned_tile)(2, w, rows, columns, x + i, width, count - i, bias, z, y_stride); break;
            case 4: LK(turned_tile)(4, w, rows, columns, x + i, width, count - i, bias, z, y_stride); break;
#if LK_TILE_VECTORS > 6
            case 6: LK(turned_tile)(6, w, rows, columns, x + i, width, count - i, bias, z, y_stride); break;
            case 8: LK(turned_tile)(8, w, rows, columns, x + i, width, count - i, bias, z, y_stride); break;
            case 10: LK(turned_tile)(10, w, rows, columns, x + i, width, count - i, bias, z, y_stride); break;
#endif
            default:
                LK(turned_tile)(LK_TILE_VECTORS, w, rows, columns, x + i, width, count - i, bias, z, y_stride);
        }
    }
}

void LK(multiply_turned)(
    const float *weights, size_t rows, size_t columns, const float *vectors, size_t count, const float *bias, float *y,
    size_t y_stride) {
    const size_t most = lk_turned_width(count);
    for (size_t first = 0; first < count; first += most) {
        const size_t here = count - first < most ? count - first : most;
        for (size_t row = 0; row < rows; row += LK_TILE_GROUPS * LK_LANES)
            LK(turned_strip)(
                weights + (row / lk_turned_rows * columns * lk_turned_rows + row % lk_turned_rows), rows - row, columns,
                vectors + first * columns, here, bias ? bias + row : 0, y + first * y_stride + row, y_stride);
    }
}

#undef LK_TILE_GROUPS
#undef LK_TILE_VECTORS
#endif
