#ifndef LK_VARIANT
// How many multiplications and additions of float32 a core does a second at most: nothing but fused multiply-adds in registers.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "peak.c"
#include "variants.h"
#else
#define LK_CHAINS 12

float LK(multiply_add_loop)(size_t rounds) {
    lk_lanes sums[LK_CHAINS];
    const lk_lanes factor = LK(splat)(0.999f), term = LK(splat)(0.001f);
    LK_UNROLL for (int i = 0; i < LK_CHAINS; i++) sums[i] = LK(splat)((float)i);
    for (size_t round = 0; round < rounds; round++) {
        LK_UNROLL for (int i = 0; i < LK_CHAINS; i++) sums[i] = LK(fma)(sums[i], factor, term);
    }
    lk_lanes all = sums[0];
    LK_UNROLL for (int i = 1; i < LK_CHAINS; i++) all += sums[i];
    return LK(fold)(all);
}
#undef LK_CHAINS
#endif
