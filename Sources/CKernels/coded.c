// Products of encoded rows with coded vectors: rows are laid out sixteen at a time, a part at a time, and meet all vectors.
#pragma STDC FP_CONTRACT OFF
#include "coded.h"

typedef struct {
    _Alignas(64) uint8_t codes[lk_panel_blocks * 512];
    _Alignas(64) float steps[lk_panel_blocks * 2 * lk_panel_rows];
    _Alignas(64) float leasts[lk_panel_blocks * 2 * lk_panel_rows];
    _Alignas(64) float sums[];
} lk_coded_work;

size_t lk_coded_room(size_t count) {
    const size_t rest = count % lk_group_vectors;
    return rest < lk_least_group ? count : count - rest + lk_group_vectors;
}

size_t lk_coded_scratch(size_t count) {
    return sizeof(lk_coded_work) + lk_coded_room(count) * lk_panel_rows * sizeof(float);
}

static lk_multiply_panel lk_multiply_panel_of(int variant) {
    switch (variant) {
#if defined(__x86_64__)
        case lk_amx: return lk_multiply_panel_amx;
        case lk_vnni: return lk_multiply_panel_vnni;
        case lk_avx512: return lk_multiply_panel_avx512;
        case lk_avx2: return lk_multiply_panel_avx2;
#endif
        default: return lk_multiply_panel_portable;
    }
}

void lk_multiply_coded(
    const lk_format *format, int variant, const lk_rows *w, size_t rows, const lk_coded *x, const float *bias, float *y,
    size_t y_stride, void *scratch) {
    lk_coded_work *work = scratch;
    lk_panel panel = {.codes = work->codes, .steps = work->steps, .leasts = work->leasts};
    const lk_lay lay = format->lay[variant < lk_avx512 ? variant : lk_avx512];
    const lk_multiply_panel multiply = lk_multiply_panel_of(variant);
    const size_t blocks = x->columns / lk_coded_block;
    const int is_tiled = variant == lk_amx && x->count >= lk_least_group && rows > 0;
    for (size_t row = 0; row < rows; row += lk_panel_rows) {
        const size_t here = rows - row < lk_panel_rows ? rows - row : lk_panel_rows;
        lk_rows part = *w;
        part.weights += (ptrdiff_t)row * w->stride;
        part.scales += (ptrdiff_t)row * w->scales_stride;
        __builtin_memset(work->sums, 0, lk_coded_room(x->count) * lk_panel_rows * sizeof(float));
        for (size_t first = 0; first < blocks; first += lk_panel_blocks) {
            const size_t count = blocks - first < lk_panel_blocks ? blocks - first : lk_panel_blocks;
            lay(&part, here, first, count, &panel);
            if (is_tiled && row == 0 && first == 0) lk_open_tiles(panel.halves);
            multiply(&panel, count, x, first, work->sums);
        }
        for (size_t vector = 0; vector < x->count; vector++) {
            const float *sums = work->sums + vector * lk_panel_rows;
            float *out = y + vector * y_stride + row;
            for (size_t r = 0; r < here; r++) out[r] = bias ? sums[r] + bias[row + r] : sums[r];
        }
    }
    if (is_tiled) lk_close_tiles();
}
