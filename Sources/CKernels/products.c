#ifndef LK_VARIANT
// Products of matrices of doubles, for the factors that error feedback needs.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "products.c"
#include "variants.h"
#else

#ifndef LK_DOUBLES_TYPES
#define LK_DOUBLES_TYPES
typedef double lk_doubles __attribute__((vector_size(64)));
#define LK_DOUBLES 8
/// Rows that share a vector of b.
#define LK_PRODUCT_ROWS 4
#endif

#if defined(LK_VARIANT_IS_AVX512)
#define LK_PRODUCT_VECTORS 2
#else
#define LK_PRODUCT_VECTORS 1
#endif

/// A tile of c of `LK_PRODUCT_ROWS` rows and some vectors; every element takes its steps in the order of k.
LK_INLINE void LK(subtract_tile)(
    const double *a, size_t a_stride, const double *b, size_t b_stride, size_t depth, double *c, size_t c_stride) {
    lk_doubles sums[LK_PRODUCT_ROWS][LK_PRODUCT_VECTORS];
    LK_UNROLL
    for (int i = 0; i < LK_PRODUCT_ROWS; i++) {
        LK_UNROLL
        for (int v = 0; v < LK_PRODUCT_VECTORS; v++)
            __builtin_memcpy(&sums[i][v], c + i * c_stride + v * LK_DOUBLES, sizeof(lk_doubles));
    }
    for (size_t k = 0; k < depth; k++) {
        lk_doubles right[LK_PRODUCT_VECTORS];
        LK_UNROLL
        for (int v = 0; v < LK_PRODUCT_VECTORS; v++)
            __builtin_memcpy(&right[v], b + k * b_stride + v * LK_DOUBLES, sizeof(lk_doubles));
        LK_UNROLL
        for (int i = 0; i < LK_PRODUCT_ROWS; i++) {
            const double x = -a[i * a_stride + k];
            const lk_doubles left = {x, x, x, x, x, x, x, x};
            LK_UNROLL
            for (int v = 0; v < LK_PRODUCT_VECTORS; v++)
                sums[i][v] = __builtin_elementwise_fma(left, right[v], sums[i][v]);
        }
    }
    LK_UNROLL
    for (int i = 0; i < LK_PRODUCT_ROWS; i++) {
        LK_UNROLL
        for (int v = 0; v < LK_PRODUCT_VECTORS; v++)
            __builtin_memcpy(c + i * c_stride + v * LK_DOUBLES, &sums[i][v], sizeof(lk_doubles));
    }
}

/// The elements that fill no tile.
LK_INLINE void LK(subtract_element)(
    const double *a, const double *b, size_t b_stride, size_t depth, double *c) {
    double sum = *c;
    for (size_t k = 0; k < depth; k++) sum = __builtin_fma(-a[k], b[k * b_stride], sum);
    *c = sum;
}

void LK(subtract_products)(
    const double *a, size_t a_stride, const double *b, size_t b_stride, size_t rows, size_t columns, size_t depth,
    double *c, size_t c_stride) {
    const size_t width = LK_DOUBLES * LK_PRODUCT_VECTORS;
    const size_t whole_rows = rows / LK_PRODUCT_ROWS * LK_PRODUCT_ROWS, whole_columns = columns / width * width;
    for (size_t j = 0; j < whole_columns; j += width) {
        for (size_t i = 0; i < whole_rows; i += LK_PRODUCT_ROWS)
            LK(subtract_tile)(a + i * a_stride, a_stride, b + j, b_stride, depth, c + i * c_stride + j, c_stride);
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++)
            LK(subtract_element)(a + i * a_stride, b + j, b_stride, depth, c + i * c_stride + j);
    }
}
#undef LK_PRODUCT_VECTORS
#endif
