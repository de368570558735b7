#pragma once

// Kernels over encoded weight rows and float32 vectors, one body a kernel compiled for several instruction sets.
//
// Every variant gives the same bits (the payload and sign of a NaN apart):
//   dot(x, w)   16 lanes from +0; lane l takes elements l, l + 16, l + 32, … in order with fused multiply-add
//   fold        lanes i and i + 8 are added, then i and i + 4, i and i + 2, i and i + 1; a bias comes last
// A kernel neither allocates nor keeps anything; the caller has checked every size and pointer.

#include <stddef.h>
#include <stdint.h>

#include "digests.h"
#include "packed_rows.h"

/// The instruction sets that kernels are compiled for: every kernel for the first three, products of coded vectors for all.
enum { lk_portable, lk_avx2, lk_avx512, lk_variant_count, lk_vnni = lk_variant_count, lk_amx, lk_coded_variant_count };

/// Whether this processor runs a variant.
int lk_supports(int variant);

/// Tells the processor that a loop only waits.
static inline void lk_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Asks for memory that will be read soon; it need not exist.
static inline void lk_expect(const void *p, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const void *)((uintptr_t)p + i), 0, 2);
}

/// Encoded rows: row r begins at `weights + r * stride`. `scales` serves layouts that keep their scales apart.
typedef struct {
    const uint8_t *weights;
    ptrdiff_t stride;
    const uint8_t *scales;
    ptrdiff_t scales_stride;
} lk_rows;

/// float32 vectors of which number i begins at `values + i * stride` (elements).
typedef struct {
    const float *values;
    size_t stride;
    size_t count;
} lk_vectors;

/// y[i * y_stride + r] = dot(x_i, w_r) + bias[r], for `rows` rows of `columns` elements; bias may be null.
typedef void (*lk_multiply)(
    const lk_rows *w, size_t rows, size_t columns, const lk_vectors *x, const float *bias, float *y, size_t y_stride);

/// Decodes one row.
typedef void (*lk_decode)(const uint8_t *weights, const uint8_t *scales, size_t columns, float *values);

/// Rows that are woven together.
enum { lk_woven_rows = 8 };
/// Decodes up to eight rows of whole sixteens of columns to their woven form: [sixteen][half][pair][row of the pair][column of the
/// half]. What stands in the place of missing rows means nothing. AVX-512 alone has it.
typedef void (*lk_weave)(const lk_rows *w, size_t rows, size_t columns, float *woven);

/// Elements that stand alone: (r, c) at `weights + r * row_stride + c * column_stride`.
typedef struct {
    const uint8_t *weights;
    ptrdiff_t row_stride;
    ptrdiff_t column_stride;
} lk_grid;

/// As `lk_multiply` for one vector over a grid; `scratch` holds 16 times `rows` rounded up to 16.
typedef void (*lk_multiply_grid)(
    const lk_grid *w, size_t rows, size_t columns, const float *x, const float *bias, float *y, float *scratch);

/// Decodes rows of a grid to `values`, `columns` apart.
typedef void (*lk_decode_grid)(const lk_grid *w, size_t rows, size_t columns, float *values);

/// Sixteen weight rows cut into blocks of 32 columns, their weights whole numbers: weight = step · (code − 128) + least.
typedef struct {
    /// [block][column / 4][row][column mod 4], 512 bytes a block.
    uint8_t *codes;
    /// [block][half][row]; a block has two halves where a step holds for 16 columns.
    float *steps;
    /// As the steps; not read where `has_leasts` is 0.
    float *leasts;
    int halves;
    int has_leasts;
} lk_panel;

/// Rows that a panel holds, columns that a block has, and blocks that a panel holds at most.
enum { lk_panel_rows = 16, lk_coded_block = 32, lk_panel_blocks = 32 };

/// Lays `blocks` blocks of at most sixteen rows, from block `first` of the rows on, into a panel; both are multiples of the
/// layout's own blocks. Rows beyond `rows` hold anything.
typedef void (*lk_lay)(const lk_rows *w, size_t rows, size_t first, size_t blocks, lk_panel *panel);

/// The kernels of one weight layout, each by variant. The grid kernels are null where elements never stand alone.
typedef struct {
    const char *name;
    /// The ggml type number.
    uint32_t format;
    /// Whether scales lie apart, as Hugging Face writes MXFP4.
    int apart;
    /// Elements a block holds; 1 where elements stand alone.
    size_t block_length;
    lk_multiply multiply[lk_variant_count];
    lk_decode decode[lk_variant_count];
    lk_weave weave[lk_variant_count];
    lk_multiply_grid multiply_grid[lk_variant_count];
    lk_decode_grid decode_grid[lk_variant_count];
    /// Null where elements stand alone.
    lk_lay lay[lk_variant_count];
} lk_format;

/// The layouts with kernels of their own: number `index`, null behind the last.
const lk_format *lk_format_at(size_t index);
/// The kernels of a layout for one variant; null where there is none.
lk_multiply lk_multiply_of(const lk_format *format, int variant);
lk_decode lk_decode_of(const lk_format *format, int variant);
lk_weave lk_weave_of(const lk_format *format, int variant);
lk_multiply_grid lk_multiply_grid_of(const lk_format *format, int variant);
lk_decode_grid lk_decode_grid_of(const lk_format *format, int variant);
/// Whether its rows can be multiplied with coded vectors.
int lk_has_coded(const lk_format *format);

/// Vectors that lie side by side when coded, and how few of a last group are filled up with zeros to so many.
enum { lk_group_vectors = 16, lk_least_group = 10 };

/// The layout of packed weights once `lk_packed.narrow_…` has brought them to signed bytes, a row of them after another at
/// `weights`. At `scales` a row has, for each run of 32 columns or each half of one, a step, and a least where there are leasts.
/// Only for `lk_multiply_coded`; rows are read up to a multiple of `lk_panel_rows`.
const lk_format *lk_packed_format(int halves, int has_leasts);

/// Vectors in signed bytes, 32 under one step: value = step · code.
///
/// Vectors go in groups of sixteen, so that those that meet the same weights are read one behind the other. A last group
/// of ten and more is filled up with zeros, a smaller one is what it is. A run is a block or half a block.
typedef struct {
    size_t columns;
    size_t count;
    /// [group][block][vector][column]
    int8_t *codes;
    /// [group][block][vector]
    float *steps;
    /// What a product with codes that are 128 too large begins with, −128 · Σ codes: [group][run][vector], by block and by
    /// half block.
    int32_t *starts[2];
    /// step · Σ codes: [group][run][vector], by block and by half block.
    float *totals[2];
} lk_coded;

/// Vectors for which coded ones take room, those that fill up the last group included.
size_t lk_coded_room(size_t count);

/// Codes vectors `first` to `end` of float32 vectors one behind the other.
///
/// step = the largest magnitude / 127, code = value / step rounded to even; where something is not finite the step is NaN.
typedef void (*lk_code)(const float *values, size_t first, size_t end, const lk_coded *coded);
lk_code lk_code_of(int variant);

/// y[i · y_stride + r] = bias[r] + Σ over blocks b, in order, of fma(total, least, fma(dot, step of w · step of x, …)), where
/// dot is the exact sum of the block's products of codes. Every variant gives the same bits.
/// - scratch: `lk_coded_scratch(x->count)` bytes, aligned to 64.
void lk_multiply_coded(
    const lk_format *format, int variant, const lk_rows *w, size_t rows, const lk_coded *x, const float *bias, float *y,
    size_t y_stride, void *scratch);
/// The bytes that a product of that many vectors works with.
size_t lk_coded_scratch(size_t count);

/// Rows of a panel of turned ones, and vectors of a tile of turned ones at most: count / 12, rounded up, is how many tiles there
/// are.
enum { lk_turned_rows = 32, lk_turned_vectors = 12 };

/// The kernels that know no weights, of one variant.
typedef struct {
    /// y = eˣ, within 1 ulp.
    void (*exponential)(const float *x, size_t count, float *y);
    /// y = 1 / (1 + e⁻ˣ), within 2 ulp.
    void (*sigmoid)(const float *x, size_t count, float *y);
    /// √(mean(x²) + epsilon), the squares summed in 16 lanes.
    float (*root_mean_square)(const float *x, size_t count, float epsilon);
    /// normalized = x / scale and y = normalized · weight; `weight` may be null for ones, `normalized` for nowhere.
    void (*normalize)(const float *x, size_t count, float scale, const float *weight, float *normalized, float *y);
    /// Turns the pairs (i, i + half) of one head by cosines[i], sines[i].
    void (*rotate)(float *x, size_t half, const float *cosines, const float *sines);
    /// y = gate · sigmoid(gate) · up.
    void (*swiglu)(const float *gate, const float *up, size_t count, float *y);
    /// gpt-oss: gate ≤ limit, −limit ≤ up ≤ limit, y = (up + 1) · gate · sigmoid(alpha · gate).
    void (*clamped_swiglu)(const float *gate, const float *up, size_t count, float alpha, float limit, float *y);
    /// y += x.
    void (*add)(const float *x, size_t count, float *y);
    /// y = fma(weight, x, y).
    void (*add_scaled)(const float *x, size_t count, float weight, float *y);
    /// The largest element, −∞ for none; a NaN is passed over.
    float (*maximum)(const float *x, size_t count);
    /// y = e^(x − shift) and returns their sum in 16 lanes, element i in lane (first + i) mod 16; y may be null.
    float (*exponentials)(const float *x, size_t count, size_t first, float shift, float *y);
    /// y = eˣ / (Σ eˣ + e^sink), the sum in 16 lanes, element i in lane (first + i) mod 16, the sink last; y may be x, `sink`
    /// null for none.
    void (*softmax)(const float *x, size_t count, size_t first, const float *sink, float *y);
    /// scores[p] = dot(q, key p) · scale, keys `stride` elements apart.
    void (*scores)(
        const float *q, size_t d, const float *keys, size_t stride, size_t count, float scale, float *scores);
    /// z[c] += Σ pattern[p] · value p [c], fused and in ascending order, values `stride` elements apart.
    void (*mix)(const float *pattern, const float *values, size_t stride, size_t count, size_t d, float *z);
    /// c[i][j] −= Σ_k a[i][k] · b[k][j] over doubles, fused and in ascending order of k; strides in elements.
    void (*subtract_products)(
        const double *a, size_t a_stride, const double *b, size_t b_stride, size_t rows, size_t columns, size_t depth,
        double *c, size_t c_stride);
    /// Lays rows `first` to `first + 16` of `rows` among turned ones: [panel][lane][step][row], where step s of lane l is column
    /// 16 s + l and lanes go in the order in which their sums are added. `values` is where row `first`, a multiple of 16,
    /// begins; rows that a panel lacks become zeros.
    void (*turn_rows)(const float *values, size_t first, size_t rows, size_t columns, float *turned);
    /// Turns the vectors of tiles `first` to `end`: [tile][lane][step][vector]; `turned` has room for one vector more.
    void (*turn_vectors)(
        const float *values, size_t count, size_t columns, size_t first, size_t end, float *turned);
    /// As `lk_multiply` from rows and vectors that are turned.
    void (*multiply_turned)(
        const float *weights, size_t rows, size_t columns, const float *vectors, size_t count, const float *bias,
        float *y, size_t y_stride);
    /// As `lk_weave` from rows that are decoded, one behind the other. Null, as the next, but for AVX-512.
    void (*weave_rows)(const float *values, size_t rows, size_t columns, float *woven);
    /// As `lk_multiply` from rows that are woven, eight behind eight, and vectors one behind the other.
    void (*multiply_woven)(
        const float *weights, size_t rows, size_t columns, const float *vectors, size_t count, const float *bias,
        float *y, size_t y_stride);
} lk_operations;

/// Fused multiply-adds of float32 in a round of the loop that only does those.
enum { lk_multiply_adds_a_round = 12 * 16 };
/// Rounds of fused multiply-adds in registers, by which a processor's peak is measured; what it returns means nothing.
float lk_multiply_add_loop(int variant, size_t rounds);

/// The kernels of a variant; null where it is not compiled.
const lk_operations *lk_operations_of(int variant);

/// ln x of a positive finite number, to within a few ulp and the same on every machine.
double lk_logarithm(double x);
