// Blocks of 32 codes of four bits in ggml's order behind a scale: weight = scale · entries[code].
//
// Before including this, a file defines for the variant being compiled LK_LAYOUT_NAME and LK_BYTES as for layout.h (codes are a
// block's last sixteen bytes), and
//   LK_ENTRIES        the sixteen entries, whole numbers
//   LK_SCALE(block)   the block's scale, in all lanes
//   LK_SCALES(words)  the scales of sixteen blocks from the first four bytes of each, with AVX-512

#include "codes.h"

LK_INLINE void LK(load)(const uint8_t *weights, const uint8_t *scales, lk_lanes *out) {
    (void)scales;
    const lk_signed16 entries = LK_ENTRIES;
    LK(codes_apart)(weights + LK_BYTES - 16, entries, LK_SCALE(weights), out);
}

#define LK_WEIGHTS 32
#define LK_RUN 32
#define LK_LEAST 0
#include "integers.h"

LK_INLINE void LK(integers)(const uint8_t *weights, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    const lk_signed16 entries = LK_ENTRIES;
    LK(halves_apart)(weights + LK_BYTES - 16, coded->codes);
    LK(look_up)(coded->codes, entries);
    coded->steps[0] = LK_SCALE(weights)[0];
}

#if defined(LK_VARIANT_IS_AVX512)
#define LK_QUICK
LK_INLINE void LK(quick)(
    const lk_rows *w, const uint8_t *block, size_t index, uint8_t *codes, float *steps, float *leasts) {
    (void)index;
    (void)leasts;
    const lk_signed16 entries = LK_ENTRIES;
    LK(quick_nibbles)(block + LK_BYTES - 16, w->stride, (lk_bytes16)entries ^ 128, codes);
    LK(write)(steps, LK_SCALES(LK(one_word)(block, w->stride)));
}
#endif

#define LK_GROUPS 2
#include "layout.h"
#undef LK_ENTRIES
#undef LK_SCALE
#undef LK_SCALES
