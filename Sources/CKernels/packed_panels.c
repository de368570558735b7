#ifndef LK_VARIANT
// Panels of weights that several tensors say together, once their codes lie side by side in signed bytes.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "packed_panels.c"
#include "variants.h"

#if defined(__x86_64__)
#define LK_LAYS(kind) {lk_lay_##kind##_portable, lk_lay_##kind##_avx2, lk_lay_##kind##_avx512}
#else
#define LK_LAYS(kind) {lk_lay_##kind##_portable}
#endif

const lk_format *lk_packed_format(int halves, int has_leasts) {
    static const lk_format all[2][2] = {
        {{.name = "packed", .block_length = lk_coded_block, .lay = LK_LAYS(wide)},
         {.name = "packed", .block_length = lk_coded_block, .lay = LK_LAYS(wide_least)}},
        {{.name = "packed", .block_length = lk_coded_block, .lay = LK_LAYS(halved)},
         {.name = "packed", .block_length = lk_coded_block, .lay = LK_LAYS(halved_least)}},
    };
    return &all[halves == 2][has_leasts != 0];
}
#else
#include "columns.h"

LK_INLINE void LK(lay_codes)(
    const int halves, const int has_leasts, const lk_rows *w, size_t rows, size_t first, size_t blocks, lk_panel *panel) {
    const size_t numbers = (size_t)halves * (1 + (size_t)has_leasts);
    panel->halves = halves;
    panel->has_leasts = has_leasts;
    for (size_t b = 0; b < blocks; b++)
        LK(interleave)(
            (const int8_t *)w->weights + (first + b) * lk_coded_block, (size_t)w->stride, panel->codes + b * 512);
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *steps = w->scales + (ptrdiff_t)row * w->scales_stride + first * numbers * sizeof(float);
        for (size_t run = 0; run < blocks * (size_t)halves; run++) {
            float pair[2];
            __builtin_memcpy(pair, steps + run * (1 + (size_t)has_leasts) * sizeof(float), has_leasts ? 8 : 4);
            panel->steps[run * lk_panel_rows + row] = pair[0];
            if (has_leasts) panel->leasts[run * lk_panel_rows + row] = pair[1];
        }
    }
}

#define LK_LAY(kind, halves, has_leasts) \
    static void LK(lay_##kind)(const lk_rows *w, size_t rows, size_t first, size_t blocks, lk_panel *panel) { \
        LK(lay_codes)(halves, has_leasts, w, rows, first, blocks, panel); \
    }
LK_LAY(wide, 1, 0)
LK_LAY(wide_least, 1, 1)
LK_LAY(halved, 2, 0)
LK_LAY(halved_least, 2, 1)
#undef LK_LAY
#endif
