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

/// The dots of `count` rows from `row` on with `vectors` vectors from `first` on; both counts are constants.
LK_INLINE void LK(tile)(
    const int count, const int vectors, const lk_rows *w, size_t row, size_t columns, const lk_vectors *x,
    size_t first, const float *bias, float *y, size_t y_stride) {
    lk_lanes sums[LK_MOST_ROWS][LK_MOST_VECTORS];
    const uint8_t *weights[LK_MOST_ROWS], *scales[LK_MOST_ROWS];
    const float *values = x->values + first * x->stride;
    const size_t stride = x->stride;
    LK_UNROLL for (int r = 0; r < count; r++) {
        weights[r] = w->weights + (ptrdiff_t)(row + (size_t)r) * w->stride;
        scales[r] = w->scales + (ptrdiff_t)(row + (size_t)r) * w->scales_stride;
        LK_UNROLL for (int i = 0; i < vectors; i++) sums[r][i] = LK(splat)(0);
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
                        sums[r][i] = LK(fma)(
                            LK(read)(part + (size_t)i * stride + (size_t)g * LK_LANES), block[g], sums[r][i]);
                }
            }
        }
    }
#if defined(LK_ELEMENT_BYTES)
    const size_t tail = columns % LK_BLOCK, whole = columns - tail;
    if (tail != 0) {
        const lk_bits mask = LK(between)(0, tail);
        LK_UNROLL for (int r = 0; r < count; r++) {
            uint8_t padded[LK_BYTES] = {0};
            lk_lanes block[1];
            __builtin_memcpy(padded, weights[r] + whole * LK_ELEMENT_BYTES, tail * LK_ELEMENT_BYTES);
            LK(load)(padded, 0, block);
            LK_UNROLL for (int i = 0; i < vectors; i++) {
                lk_lanes part = LK(read_some)(values + (size_t)i * stride + whole, tail);
                sums[r][i] = LK(select)(mask, LK(fma)(part, block[0], sums[r][i]), sums[r][i]);
            }
        }
    }
#endif
    if (count == 4) {
        lk_lanes4 added = {0};
        if (bias) __builtin_memcpy(&added, bias + row, sizeof added);
        LK_UNROLL for (int i = 0; i < vectors; i++) {
            lk_lanes4 four = LK(fold_four)(sums[0][i], sums[1][i], sums[2][i], sums[3][i]);
            if (bias) four += added;
            __builtin_memcpy(y + (first + (size_t)i) * y_stride + row, &four, sizeof four);
        }
        return;
    }
    LK_UNROLL for (int r = 0; r < count; r++) {
        LK_UNROLL for (int i = 0; i < vectors; i++) {
            float sum = LK(fold)(sums[r][i]);
            y[(first + (size_t)i) * y_stride + row + (size_t)r] = bias ? sum + bias[row + (size_t)r] : sum;
        }
    }
}

/// All rows with `vectors` vectors from `first` on.
LK_INLINE void LK(band)(
    const int vectors, const lk_rows *w, size_t rows, size_t columns, const lk_vectors *x, size_t first,
    const float *bias, float *y, size_t y_stride) {
    size_t row = 0;
    for (; row + LK_TILE_ROWS(vectors) <= rows; row += LK_TILE_ROWS(vectors))
        LK(tile)(LK_TILE_ROWS(vectors), vectors, w, row, columns, x, first, bias, y, y_stride);
    for (; row < rows; row++) LK(tile)(1, vectors, w, row, columns, x, first, bias, y, y_stride);
}

void LK_NAMED(multiply)(
    const lk_rows *w, size_t rows, size_t columns, const lk_vectors *x, const float *bias, float *y, size_t y_stride) {
    size_t first = 0;
    for (; first + LK_MOST_VECTORS <= x->count; first += LK_MOST_VECTORS)
        LK(band)(LK_MOST_VECTORS, w, rows, columns, x, first, bias, y, y_stride);
    switch (x->count - first) {
        case 1: LK(band)(1, w, rows, columns, x, first, bias, y, y_stride); break;
        case 2: LK(band)(2, w, rows, columns, x, first, bias, y, y_stride); break;
#if LK_MOST_VECTORS > 3
        case 3: LK(band)(3, w, rows, columns, x, first, bias, y, y_stride); break;
#endif
#if LK_MOST_VECTORS > 4
        case 4: LK(band)(4, w, rows, columns, x, first, bias, y, y_stride); break;
        case 5: LK(band)(5, w, rows, columns, x, first, bias, y, y_stride); break;
#endif
        default: break;
    }
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
