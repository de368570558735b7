// Products of panels of weights with coded vectors in tile registers (AMX): sixteen rows, sixteen vectors and 32 columns at once.
//
// A tile product sums a run's whole numbers exactly; scaling follows in the order of the other variants.
#pragma STDC FP_CONTRACT OFF
#define _DEFAULT_SOURCE  // for syscall
#include "coded.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LK_TILES __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,amx-tile,amx-int8")))
#define LK_TILES_INLINE static inline __attribute__((always_inline)) LK_TILES

/// What `ldtilecfg` reads.
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} lk_tile_shapes;

int lk_may_use_tiles(void) {
    // The kernel saves tile registers only for processes that have asked (arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA).
    return syscall(SYS_arch_prctl, 0x1023, 18) == 0;
}

LK_TILES void lk_open_tiles(int halves) {
    lk_tile_shapes shapes = {.palette = 1};
    const uint8_t width = (uint8_t)(lk_coded_block / halves);
    for (int tile = 0; tile < 7; tile++) {
        shapes.rows[tile] = tile < 4 ? 16 : width / 4;
        shapes.row_bytes[tile] = tile == 2 || tile == 3 ? width : 64;
    }
    _tile_loadconfig(&shapes);
    _Alignas(64) static const int8_t least[512] = {[0 ... 511] = -128};
    _tile_loadd(6, least, 64);
}

LK_TILES void lk_close_tiles(void) { _tile_release(); }

/// Sums and their scales: sixteen vectors of one run, of which the products lie in `dots`.
LK_TILES_INLINE void lk_add_tile(
    const int has_leasts, const int32_t *dots, __m512 step, __m512 least, const float *steps, const float *totals,
    __m512 *sums) {
#pragma clang loop unroll(full)
    for (int i = 0; i < lk_group_vectors; i++) {
        const __m512 scale = _mm512_mul_ps(step, _mm512_set1_ps(steps[i]));
        sums[i] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_load_si512(dots + 16 * i)), scale, sums[i]);
        if (has_leasts) sums[i] = _mm512_fmadd_ps(least, _mm512_set1_ps(totals[i]), sums[i]);
    }
}

/// The products of run number `run` of a group of vectors, by tile registers of its own, into memory.
///
/// The panel's codes are 128 too large, which a product with −128 everywhere (tile 6) makes good beforehand.
#define LK_TILE_PRODUCT(sums_tile, vectors_tile, weights_tile, run, into)                                \
    _tile_zero(sums_tile);                                                                               \
    _tile_loadd(vectors_tile, vectors + (run) / runs_a_block * 512 + (run) % runs_a_block * width, 32);  \
    _tile_loadd(weights_tile, panel->codes + (run) * width * lk_panel_rows, 64);                         \
    _tile_dpbssd(sums_tile, vectors_tile, 6);                                                            \
    _tile_dpbsud(sums_tile, vectors_tile, weights_tile);                                                 \
    _tile_stored(sums_tile, into, 64)

/// One whole group of vectors with the panel.
LK_TILES_INLINE void lk_tile_group(
    const int halves, const int has_leasts, const lk_panel *panel, size_t blocks,
    const lk_coded *x, size_t vector, size_t first, float *results) {
    _Alignas(64) int32_t dots[2][256];
    const size_t all = x->columns / lk_coded_block, runs_a_block = (size_t)halves, runs = blocks * runs_a_block;
    const size_t width = lk_coded_block / runs_a_block, start = vector * all + first * lk_group_vectors;
    const int8_t *vectors = x->codes + start * lk_coded_block;
    const float *steps = x->steps + start;
    const float *totals =
        x->totals[halves - 1] + vector * all * runs_a_block + first * runs_a_block * lk_group_vectors;
    __m512 sums[lk_group_vectors];
#pragma clang loop unroll(full)
    for (int i = 0; i < lk_group_vectors; i++) sums[i] = _mm512_loadu_ps(results + 16 * i);
    LK_TILE_PRODUCT(0, 2, 4, 0, dots[0]);
    for (size_t run = 0; run < runs; run++) {
        // The next run's products are under way while this one's are scaled.
        if (run + 1 < runs) {
            if (run % 2) { LK_TILE_PRODUCT(0, 2, 4, run + 1, dots[0]); }
            else { LK_TILE_PRODUCT(1, 3, 5, run + 1, dots[1]); }
        }
        lk_add_tile(
            has_leasts, dots[run % 2], _mm512_loadu_ps(panel->steps + run * 16),
            has_leasts ? _mm512_loadu_ps(panel->leasts + run * 16) : _mm512_setzero_ps(),
            steps + run / runs_a_block * lk_group_vectors, totals + run * lk_group_vectors, sums);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < lk_group_vectors; i++) _mm512_storeu_ps(results + 16 * i, sums[i]);
}

LK_TILES_INLINE void lk_tile_groups(
    const int halves, const int has_leasts, const lk_panel *panel, size_t blocks,
    const lk_coded *x, size_t first, float *sums) {
    for (size_t vector = 0; vector + lk_least_group <= x->count; vector += lk_group_vectors)
        lk_tile_group(halves, has_leasts, panel, blocks, x, vector, first, sums + vector * lk_panel_rows);
}

/// The vectors from number `vector` on, which begins a group.
static inline lk_coded lk_vectors_from(const lk_coded *x, size_t vector) {
    const size_t blocks = vector * (x->columns / lk_coded_block);
    return (lk_coded){
        .columns = x->columns, .count = x->count - vector, .codes = x->codes + vector * x->columns,
        .steps = x->steps + blocks, .starts = {x->starts[0] + blocks, x->starts[1] + 2 * blocks},
        .totals = {x->totals[0] + blocks, x->totals[1] + 2 * blocks}};
}

LK_TILES void lk_multiply_panel_amx(
    const lk_panel *panel, size_t blocks, const lk_coded *x, size_t first, float *sums) {
    // What fills no tile well is done by products of bytes, which give the same bits.
    const size_t rest = x->count % lk_group_vectors, tiled = x->count - rest;
    if (rest != 0 && rest < lk_least_group) {
        const lk_coded last = lk_vectors_from(x, tiled);
        lk_multiply_panel_vnni(panel, blocks, &last, first, sums + tiled * lk_panel_rows);
    }
    if (x->count < lk_least_group) return;
    if (panel->halves == 1) {
        if (panel->has_leasts) lk_tile_groups(1, 1, panel, blocks, x, first, sums);
        else lk_tile_groups(1, 0, panel, blocks, x, first, sums);
    } else {
        if (panel->has_leasts) lk_tile_groups(2, 1, panel, blocks, x, first, sums);
        else lk_tile_groups(2, 0, panel, blocks, x, first, sums);
    }
}
#endif
