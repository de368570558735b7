// A block's weights as whole numbers, for the variant being compiled: weight = step · code + least.
//
// Before including this, a file defines LK_WEIGHTS, the weights of a block, LK_RUN, those under one step, and LK_LEAST, whether
// a run has something to add.

#include "columns.h"

typedef struct {
    int8_t codes[LK_WEIGHTS];
    float steps[LK_WEIGHTS / LK_RUN];
#if LK_LEAST
    float leasts[LK_WEIGHTS / LK_RUN];
#endif
} LK(coded);
#undef LK_WEIGHTS

/// Codes in ggml's order: byte j holds that of weight j in its low half and that of weight j + 16 in its high half.
LK_INLINE void LK(halves_apart)(const uint8_t *bytes, int8_t *codes) {
    lk_bytes16 both;
    __builtin_memcpy(&both, bytes, sizeof both);
    const lk_bytes16 low = both & 15, high = both >> 4;
    __builtin_memcpy(codes, &low, sizeof low);
    __builtin_memcpy(codes + 16, &high, sizeof high);
}

/// Each of 32 codes of four bits becomes its entry.
LK_INLINE void LK(look_up)(int8_t *codes, lk_signed16 entries) {
    LK_UNROLL for (int g = 0; g < 2; g++) {
        lk_bytes16 found;
        __builtin_memcpy(&found, codes + 16 * g, sizeof found);
#if defined(LK_VARIANT_IS_PORTABLE)
        for (int i = 0; i < LK_LANES; i++) found[i] = (uint8_t)entries[found[i]];
#else
        found = (lk_bytes16)_mm_shuffle_epi8((__m128i)entries, (__m128i)found);
#endif
        __builtin_memcpy(codes + 16 * g, &found, sizeof found);
    }
}
