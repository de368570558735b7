// Products of panels with coded vectors, by variant.

#pragma once

#include "ckernels.h"

/// Adds to sums[vector][row] what `blocks` blocks of a panel, from block `first` of the vectors on, give with each vector.
typedef void (*lk_multiply_panel)(
    const lk_panel *panel, size_t blocks, const lk_coded *x, size_t first, float *sums);

void lk_multiply_panel_portable(const lk_panel *, size_t, const lk_coded *, size_t, float *);
#if defined(__x86_64__)
void lk_multiply_panel_avx2(const lk_panel *, size_t, const lk_coded *, size_t, float *);
void lk_multiply_panel_avx512(const lk_panel *, size_t, const lk_coded *, size_t, float *);
void lk_multiply_panel_vnni(const lk_panel *, size_t, const lk_coded *, size_t, float *);
void lk_multiply_panel_amx(const lk_panel *, size_t, const lk_coded *, size_t, float *);

/// Asks for the use of tile registers; whether it is granted.
int lk_may_use_tiles(void);
#endif
