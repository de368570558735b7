// Weight rows laid out for products with coded vectors, for the layout and variant being compiled; included by layout.h.
//
// A layout that says LK_QUICK has LK(quick)(block, stride, codes, steps, leasts), which lays sixteen whole rows of one block
// of 32; the others go row by row through LK(integers).

#define LK_HALVES (LK_RUN < lk_coded_block ? 2 : 1)

void LK_NAMED(lay)(const lk_rows *w, size_t rows, size_t first, size_t blocks, lk_panel *panel) {
    const size_t parts = LK_BLOCK / lk_coded_block, begin = first / parts;
    const ptrdiff_t ahead = lk_panel_rows * w->stride;
    panel->halves = LK_HALVES;
    panel->has_leasts = LK_LEAST;
    for (size_t b = 0; b < blocks / parts; b++) {
        const uint8_t *block = w->weights + (begin + b) * LK_BYTES;
        // Sixteen rows are too many streams for the processor to foresee: the next panel's are asked for line by line.
        LK_UNROLL for (int line = 0; line < lk_panel_rows * LK_BYTES; line += 64)
            __builtin_prefetch(
                (const void *)((uintptr_t)w->weights + (uintptr_t)ahead
                               + (uintptr_t)((begin + b) * lk_panel_rows * LK_BYTES) + (uintptr_t)line), 0, 2);
        float *steps = panel->steps + b * parts * LK_HALVES * lk_panel_rows;
        float *leasts = panel->leasts + b * parts * LK_HALVES * lk_panel_rows;
        uint8_t *codes = panel->codes + b * parts * 512;
        (void)leasts;
#if defined(LK_QUICK) && defined(LK_VARIANT_IS_AVX512)
        if (rows == lk_panel_rows && w->stride < 1 << 26 && w->stride > -(1 << 26)) {
            LK(quick)(w, block, begin + b, codes, steps, leasts);
            continue;
        }
#endif
        LK(coded) coded[lk_panel_rows];
        for (size_t row = 0; row < lk_panel_rows; row++) {
            const size_t here = row < rows ? row : rows - 1;
            LK(integers)(
                block + (ptrdiff_t)here * w->stride, w->scales + (ptrdiff_t)here * w->scales_stride + begin + b,
                &coded[row]);
        }
        for (size_t part = 0; part < parts; part++) {
            LK(interleave)(coded[0].codes + part * lk_coded_block, sizeof coded[0], codes + part * 512);
            LK_UNROLL for (int half = 0; half < LK_HALVES; half++) {
                const size_t run = (part * lk_coded_block + (size_t)half * LK_RUN) / LK_RUN;
                const size_t start = (part * LK_HALVES + (size_t)half) * lk_panel_rows;
                for (int row = 0; row < lk_panel_rows; row++) steps[start + (size_t)row] = coded[row].steps[run];
#if LK_LEAST
                for (int row = 0; row < lk_panel_rows; row++) leasts[start + (size_t)row] = coded[row].leasts[run];
#endif
            }
        }
    }
}

#undef LK_HALVES
#undef LK_RUN
#undef LK_LEAST
#ifdef LK_QUICK
#undef LK_QUICK
#endif
