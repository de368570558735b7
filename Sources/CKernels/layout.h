// The kernels of one weight layout. Before including this, a file defines for the variant being compiled
//   LK_LAYOUT_NAME            as in kernels.def
//   LK_GROUPS, LK_BYTES       16-element groups a block holds, and the bytes it takes
//   LK(load)(weights, scales, out)   which decodes one block to LK_GROUPS × 16 lanes
// and, where elements stand alone, LK_ELEMENT_BYTES; a block is then 16 neighbours and the last may be part of one.
// Layouts of blocks also define, for products with coded vectors,
//   LK_RUN, LK_LEAST          weights under one step, and whether a run has something to add
//   LK(integers)(weights, scales, coded)   which writes a block's codes, steps and leasts, see integers.h
// A block too large for the registers is taken in steps: unpacked.h defines LK_STEPS, LK_GROUPS is then what a step holds, and
//   LK(open)(weights, head)          prepares a block, once
//   LK(step)(head, step, out)        decodes LK_GROUPS × 16 lanes of it

#if defined(LK_VARIANT_IS_AVX512)
#include "woven.h"
#endif

#define LK_NAMED3(name, layout, variant) lk_##name##_##layout##_##variant
#define LK_NAMED2(name, layout, variant) LK_NAMED3(name, layout, variant)
#define LK_NAMED(name) LK_NAMED2(name, LK_LAYOUT_NAME, LK_VARIANT)
#if !defined(LK_STEPS)
#define LK_STEPS 1
#define LK_WHOLE
#endif
#define LK_STEP (LK_GROUPS * LK_LANES)
#define LK_BLOCK (LK_STEPS * LK_STEP)

// A register tile is as many weight rows times vectors as keep the multipliers busy and fit the registers.
#if defined(LK_VARIANT_IS_AVX512)
#if LK_GROUPS == 1
#define LK_MOST_VECTORS 6
#else
#define LK_MOST_VECTORS 4
#endif
#define LK_MOST_ROWS 4
#define LK_TILE_ROWS(vectors) 4
#else
#define LK_MOST_VECTORS 3
#define LK_MOST_ROWS 4
#define LK_TILE_ROWS(vectors) ((vectors) == 1 ? 4 : 2)
#endif

/// The dots of `count` rows from `row` on with `vectors` vectors from `first` on; both counts are constants, and whether there are
/// columns behind the last whole block.
LK_INLINE void LK(tile)(
    const int has_tail, const int count, const int vectors, const lk_rows *w, size_t row, size_t columns,
    const lk_vectors *x, size_t first, const float *bias, float *y, size_t y_stride) {
    lk_lanes sums[LK_MOST_VECTORS][LK_MOST_ROWS];
    const uint8_t *weights[LK_MOST_ROWS], *scales[LK_MOST_ROWS];
    const float *values = x->values + first * x->stride;
    const size_t stride = x->stride;
    LK_UNROLL for (int r = 0; r < count; r++) {
        weights[r] = w->weights + (ptrdiff_t)(row + (size_t)r) * w->stride;
        scales[r] = w->scales + (ptrdiff_t)(row + (size_t)r) * w->scales_stride;
        LK_UNROLL for (int i = 0; i < vectors; i++) sums[i][r] = LK(splat)(0);
    }
    const size_t blocks = columns / LK_BLOCK;
    // A row is too short for the processor to foresee, so the next tile's rows are asked for while this one is worked on.
    const ptrdiff_t ahead = count * w->stride;
    for (size_t b = 0; b < blocks; b++) {
#if !defined(LK_WHOLE)
        LK(head) heads[LK_MOST_ROWS];
        LK_UNROLL for (int r = 0; r < count; r++) {
            LK_UNROLL for (int line = 0; line < LK_BYTES; line += 64)
                LK(prefetch)(weights[r] + b * LK_BYTES + line, ahead);
            LK(open)(weights[r] + b * LK_BYTES, &heads[r]);
        }
#endif
        for (size_t step = 0; step < LK_STEPS; step++) {
            const float *part = values + b * LK_BLOCK + step * LK_STEP;
            LK_UNROLL for (int r = 0; r < count; r++) {
                lk_lanes block[LK_GROUPS];
#if defined(LK_WHOLE)
                if (vectors <= 4) LK(prefetch)(weights[r] + b * LK_BYTES, ahead);
                LK(load)(weights[r] + b * LK_BYTES, scales[r] + b, block);
#else
                LK(step)(&heads[r], step, block);
#endif
                LK_UNROLL for (int g = 0; g < LK_GROUPS; g++) {
                    LK_UNROLL for (int i = 0; i < vectors; i++)
                        sums[i][r] = LK(fma)(
                            LK(read)(part + (size_t)i * stride + (size_t)g * LK_LANES), block[g], sums[i][r]);
                }
            }
        }
    }
#if defined(LK_ELEMENT_BYTES)
    if (has_tail) {
        const size_t tail = columns % LK_BLOCK, whole = columns - tail;
        const lk_bits mask = LK(between)(0, tail);
        LK_UNROLL for (int r = 0; r < count; r++) {
            uint8_t padded[LK_BYTES] = {0};
            lk_lanes block[1];
            __builtin_memcpy(padded, weights[r] + whole * LK_ELEMENT_BYTES, tail * LK_ELEMENT_BYTES);
            LK(load)(padded, 0, block);
            LK_UNROLL for (int i = 0; i < vectors; i++) {
                lk_lanes part = LK(read_some)(values + (size_t)i * stride + whole, tail);
                sums[i][r] = LK(select)(mask, LK(fma)(part, block[0], sums[i][r]), sums[i][r]);
            }
        }
    }
#else
    (void)has_tail;
#endif
    if (count == 4) {
        float four[LK_MOST_VECTORS][4];
        int i = 0;
        for (; i + 4 <= vectors; i += 4)
            LK(write)(four[i], LK(fold_sixteen)(sums[i], sums[i + 1], sums[i + 2], sums[i + 3]));
        for (; i + 2 <= vectors; i += 2) {
            const lk_lanes8 eight = LK(fold_eight)(sums[i], sums[i + 1]);
            __builtin_memcpy(four[i], &eight, sizeof eight);
        }
        for (; i < vectors; i++) {
            const lk_lanes4 one = LK(fold_four)(sums[i][0], sums[i][1], sums[i][2], sums[i][3]);
            __builtin_memcpy(four[i], &one, sizeof one);
        }
        lk_lanes4 added, one;
        if (bias) __builtin_memcpy(&added, bias + row, sizeof added);
        LK_UNROLL for (int n = 0; n < vectors; n++) {
            __builtin_memcpy(&one, four[n], sizeof one);
            if (bias) one += added;
            __builtin_memcpy(y + (first + (size_t)n) * y_stride + row, &one, sizeof one);
        }
        return;
    }
    LK_UNROLL for (int r = 0; r < count; r++) {
        LK_UNROLL for (int i = 0; i < vectors; i++) {
            float sum = LK(fold)(sums[i][r]);
            y[(first + (size_t)i) * y_stride + row + (size_t)r] = bias ? sum + bias[row + (size_t)r] : sum;
        }
    }
}

/// All rows with `vectors` vectors from `first` on.
LK_INLINE void LK(band)(
    const int has_tail, const int vectors, const lk_rows *w, size_t rows, size_t columns, const lk_vectors *x,
    size_t first, const float *bias, float *y, size_t y_stride) {
    size_t row = 0;
    for (; row + LK_TILE_ROWS(vectors) <= rows; row += LK_TILE_ROWS(vectors))
        LK(tile)(has_tail, LK_TILE_ROWS(vectors), vectors, w, row, columns, x, first, bias, y, y_stride);
    for (; row < rows; row++) LK(tile)(has_tail, 1, vectors, w, row, columns, x, first, bias, y, y_stride);
}

/// All rows with all vectors, in bands as even as they can be.
LK_INLINE void LK(bands)(
    const int has_tail, const lk_rows *w, size_t rows, size_t columns, const lk_vectors *x, const float *bias, float *y,
    size_t y_stride) {
    size_t first = 0;
    for (size_t bands = (x->count + LK_MOST_VECTORS - 1) / LK_MOST_VECTORS; bands > 0; bands--) {
        const size_t width = (x->count - first + bands - 1) / bands;
        switch (width) {
            case 1: LK(band)(has_tail, 1, w, rows, columns, x, first, bias, y, y_stride); break;
            case 2: LK(band)(has_tail, 2, w, rows, columns, x, first, bias, y, y_stride); break;
#if LK_MOST_VECTORS > 3
            case 3: LK(band)(has_tail, 3, w, rows, columns, x, first, bias, y, y_stride); break;
#endif
#if LK_MOST_VECTORS > 4
            case 4: LK(band)(has_tail, 4, w, rows, columns, x, first, bias, y, y_stride); break;
            case 5: LK(band)(has_tail, 5, w, rows, columns, x, first, bias, y, y_stride); break;
#endif
            default: LK(band)(has_tail, LK_MOST_VECTORS, w, rows, columns, x, first, bias, y, y_stride);
        }
        first += width;
    }
}

void LK_NAMED(multiply)(
    const lk_rows *w, size_t rows, size_t columns, const lk_vectors *x, const float *bias, float *y, size_t y_stride) {
#if defined(LK_ELEMENT_BYTES)
    if (columns % LK_BLOCK != 0) return LK(bands)(1, w, rows, columns, x, bias, y, y_stride);
#endif
    LK(bands)(0, w, rows, columns, x, bias, y, y_stride);
}

void LK_NAMED(decode)(const uint8_t *weights, const uint8_t *scales, size_t columns, float *values) {
    lk_lanes block[LK_GROUPS];
    const size_t blocks = columns / LK_BLOCK;
    for (size_t b = 0; b < blocks; b++) {
#if defined(LK_WHOLE)
        LK(load)(weights + b * LK_BYTES, scales + b, block);
#else
        (void)scales;
        LK(head) head;
        LK(open)(weights + b * LK_BYTES, &head);
#endif
        for (size_t step = 0; step < LK_STEPS; step++) {
#if !defined(LK_WHOLE)
            LK(step)(&head, step, block);
#endif
            LK_UNROLL for (int g = 0; g < LK_GROUPS; g++)
                LK(write)(values + b * LK_BLOCK + step * LK_STEP + (size_t)g * LK_LANES, block[g]);
        }
    }
#if defined(LK_ELEMENT_BYTES)
    const size_t tail = columns % LK_BLOCK, whole = columns - tail;
    if (tail != 0) {
        uint8_t padded[LK_BYTES] = {0};
        __builtin_memcpy(padded, weights + whole * LK_ELEMENT_BYTES, tail * LK_ELEMENT_BYTES);
        LK(load)(padded, 0, block);
        LK(write_some)(values + whole, block[0], tail);
    }
#endif
}

#if defined(LK_VARIANT_IS_AVX512)
void LK_NAMED(weave)(const lk_rows *w, size_t rows, size_t columns, float *woven) {
    for (int pair = 0; pair < LK_WOVEN_PAIRS; pair++) {
        const uint8_t *weights[2], *scales[2];
        LK_UNROLL for (int n = 0; n < 2; n++) {
            // A row that is missing is woven from one that is there, and is nobody's.
            const size_t row = lk_woven_pairs[pair][n] < rows ? lk_woven_pairs[pair][n] : rows - 1;
            weights[n] = w->weights + (ptrdiff_t)row * w->stride;
            scales[n] = w->scales + (ptrdiff_t)row * w->scales_stride;
        }
        for (size_t b = 0; b < columns / LK_BLOCK; b++) {
            lk_lanes block[2][LK_GROUPS];
#if !defined(LK_WHOLE)
            LK(head) heads[2];
            LK_UNROLL for (int n = 0; n < 2; n++) LK(open)(weights[n] + b * LK_BYTES, &heads[n]);
            (void)scales;
#endif
            for (size_t step = 0; step < LK_STEPS; step++) {
                LK_UNROLL for (int n = 0; n < 2; n++) {
#if defined(LK_WHOLE)
                    LK(prefetch)(weights[n] + b * LK_BYTES, lk_woven_rows * w->stride);
                    LK(load)(weights[n] + b * LK_BYTES, scales[n] + b, block[n]);
#else
                    LK(step)(&heads[n], step, block[n]);
#endif
                }
                LK_UNROLL for (int g = 0; g < LK_GROUPS; g++)
                    LK(weave_pair)(
                        woven + (b * LK_BLOCK + step * LK_STEP + (size_t)g * LK_LANES) * lk_woven_rows, pair, block[0][g],
                        block[1][g]);
            }
        }
    }
}
#endif

#if defined(LK_ELEMENT_BYTES)
#include "grid.h"
#else
#include "panel.h"
#endif

#undef LK_LAYOUT_NAME
#undef LK_GROUPS
#undef LK_BYTES
#undef LK_BLOCK
#undef LK_RUN
#undef LK_LEAST
#undef LK_STEP
#undef LK_STEPS
#ifdef LK_WHOLE
#undef LK_WHOLE
#endif
#undef LK_NAMED
#undef LK_NAMED2
#undef LK_NAMED3
#undef LK_MOST_VECTORS
#undef LK_MOST_ROWS
#undef LK_TILE_ROWS
#ifdef LK_ELEMENT_BYTES
#undef LK_ELEMENT_BYTES
#endif
