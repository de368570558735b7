// Products of panels with coded vectors, by variant.

#pragma once

#include "ckernels.h"

/// Vectors in the group that begins with a vector, those that fill it up included.
static inline size_t lk_group_size(const lk_coded *x, size_t vector) {
    const size_t left = x->count - vector;
    return left >= lk_least_group ? lk_group_vectors : left;
}

/// Adds to sums[vector][row] what `blocks` blocks of a panel, from block `first` of the vectors on, give with each vector.
typedef void (*lk_multiply_panel)(
    const lk_panel *panel, size_t blocks, const lk_coded *x, size_t first, float *sums);

void lk_multiply_panel_portable(const lk_panel *, size_t, const lk_coded *, size_t, float *);
#if defined(__x86_64__)
void lk_multiply_panel_avx2(const lk_panel *, size_t, const lk_coded *, size_t, float *);
void lk_multiply_panel_avx512(const lk_panel *, size_t, const lk_coded *, size_t, float *);
void lk_multiply_panel_vnni(const lk_panel *, size_t, const lk_coded *, size_t, float *);
/// Between `lk_open_tiles` for the panel's halves and `lk_close_tiles`, unless there are too few vectors for a tile.
void lk_multiply_panel_amx(const lk_panel *, size_t, const lk_coded *, size_t, float *);
/// Shapes this thread's tile registers, which takes as long as many products.
void lk_open_tiles(int halves);
/// Frees them, so that a change of threads need not save them.
void lk_close_tiles(void);

/// Asks for the use of tile registers; whether it is granted.
int lk_may_use_tiles(void);
#else
static inline void lk_open_tiles(int halves) { (void)halves; }
static inline void lk_close_tiles(void) {}
#endif
