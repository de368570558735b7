// Kernels for elements that stand alone, row after row down a column: Hugging Face's transposed experts.
//
// Neighbouring rows lie next to each other, so sixteen rows are taken at a time. The canonical lanes then become an axis
// in memory: scratch[lane][row], folded at the end by the same tree.

#include "turn.h"

/// Up to sixteen elements, one of each row from `p` on; the missing ones are zero.
LK_INLINE lk_lanes LK(column)(const uint8_t *p, ptrdiff_t row_stride, size_t rows) {
    uint8_t gathered[LK_BYTES] = {0};
    lk_lanes block[1];
    if (row_stride == LK_ELEMENT_BYTES && rows >= LK_LANES) {
        LK(load)(p, 0, block);
        return block[0];
    }
    for (size_t r = 0; r < rows && r < LK_LANES; r++)
        __builtin_memcpy(gathered + r * LK_ELEMENT_BYTES, p + (ptrdiff_t)r * row_stride, LK_ELEMENT_BYTES);
    LK(load)(gathered, 0, block);
    return block[0];
}

/// Adds columns k, k + 16, … (`steps` of them) to lane k mod 16 of all rows.
LK_INLINE void LK(columns)(
    const int steps, const lk_grid *w, size_t rows, size_t k, const float *x, float *sums) {
    for (size_t row = 0; row < rows; row += LK_LANES) {
        const uint8_t *p = w->weights + (ptrdiff_t)row * w->row_stride + (ptrdiff_t)k * w->column_stride;
        lk_lanes sum = LK(read)(sums + row);
        LK_UNROLL for (int step = 0; step < steps; step++) {
            const uint8_t *column = p + step * LK_LANES * w->column_stride;
            LK(prefetch)(column, w->column_stride);
            sum = LK(fma)(
                LK(splat)(x[k + (size_t)step * LK_LANES]), LK(column)(column, w->row_stride, rows - row), sum);
        }
        LK(write)(sums + row, sum);
    }
}

void LK_NAMED(multiply_grid)(
    const lk_grid *w, size_t rows, size_t columns, const float *x, const float *bias, float *y, float *scratch) {
    const size_t padded = (rows + LK_LANES - 1) / LK_LANES * LK_LANES;
    for (size_t i = 0; i < padded * LK_LANES; i++) scratch[i] = 0;
    size_t k = 0;
    for (; k + 4 * LK_LANES <= columns; k += 4 * LK_LANES)
        for (size_t lane = 0; lane < LK_LANES; lane++)
            LK(columns)(4, w, rows, k + lane, x, scratch + lane * padded);
    for (; k < columns; k++) LK(columns)(1, w, rows, k, x, scratch + k % LK_LANES * padded);
    for (size_t row = 0; row < rows; row += LK_LANES) {
        lk_lanes lanes[LK_LANES];
        LK_UNROLL for (int i = 0; i < LK_LANES; i++) lanes[i] = LK(read)(scratch + (size_t)i * padded + row);
        LK_UNROLL for (int half = LK_LANES / 2; half > 0; half /= 2) {
            LK_UNROLL for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        }
        const size_t count = rows - row < LK_LANES ? rows - row : LK_LANES;
        if (bias) lanes[0] += LK(read_some)(bias + row, count);
        LK(write_some)(y + row, lanes[0], count);
    }
}

void LK_NAMED(decode_grid)(const lk_grid *w, size_t rows, size_t columns, float *values) {
    for (size_t k = 0; k < columns; k += LK_LANES) {
        const size_t width = columns - k < LK_LANES ? columns - k : LK_LANES;
        for (size_t row = 0; row < rows; row += LK_LANES) {
            const size_t height = rows - row < LK_LANES ? rows - row : LK_LANES;
            lk_lanes square[LK_LANES];
            const uint8_t *p = w->weights + (ptrdiff_t)row * w->row_stride + (ptrdiff_t)k * w->column_stride;
            for (size_t c = 0; c < LK_LANES; c++) {
                const uint8_t *column = p + (ptrdiff_t)c * w->column_stride;
                LK(prefetch)(column, 2 * LK_LANES * w->column_stride);
                square[c] = c < width ? LK(column)(column, w->row_stride, height) : LK(splat)(0);
            }
            LK(turn)(square);
            for (size_t r = 0; r < height; r++) LK(write_some)(values + (row + r) * columns + k, square[r], width);
        }
    }
}
