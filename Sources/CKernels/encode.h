// Sixteen blocks at a time, one a lane, for the variant being compiled: arithmetic that all variants agree on, reading
// blocks across their rows, and writing codes back.
//
// Nothing here is fused: ggml's encoders are not, and what they compute is to come out bit for bit where we follow them.

#include "encoders.h"
#include "turn.h"

#ifndef LK_ENCODE_TYPES
#define LK_ENCODE_TYPES
/// Below this a block counts as zero.
#define LK_NOTHING 1e-15f

/// The sixteen blocks that are being encoded.
typedef struct {
    /// Where the block of each lane begins, and the importance of its columns.
    const float *values[LK_LANES];
    const float *importance[LK_LANES];
    /// Whether there is importance.
    int weighted;
    /// The mean square of the row that each block belongs to; only where there is importance.
    lk_lanes row_mean_square;
} lk_group;
#endif

/// a where it is larger, else b: b where either is NaN.
LK_INLINE lk_lanes LK(larger)(lk_lanes a, lk_lanes b) {
#if defined(LK_VARIANT_IS_AVX512)
    return (lk_lanes)_mm512_max_ps((__m512)a, (__m512)b);
#else
    return LK(select)(a > b, a, b);
#endif
}

/// a where it is smaller, else b: b where either is NaN.
LK_INLINE lk_lanes LK(smaller)(lk_lanes a, lk_lanes b) {
#if defined(LK_VARIANT_IS_AVX512)
    return (lk_lanes)_mm512_min_ps((__m512)a, (__m512)b);
#else
    return LK(select)(a < b, a, b);
#endif
}

LK_INLINE lk_lanes LK(magnitude)(lk_lanes x) { return (lk_lanes)((lk_bits)x & 0x7fffffff); }

LK_INLINE lk_lanes LK(root)(lk_lanes x) { return __builtin_elementwise_sqrt(x); }

/// The nearest whole number, ties to even, of magnitudes below 2²²; larger ones stay large.
LK_INLINE lk_lanes LK(nearest)(lk_lanes x) {
    const lk_lanes shift = LK(splat)(12582912.0f);
    return (x + shift) - shift;
}

/// A number within bounds; `low` for a NaN.
LK_INLINE lk_lanes LK(within)(lk_lanes x, float low, float high) {
    return LK(smaller)(LK(larger)(x, LK(splat)(low)), LK(splat)(high));
}

/// The nearest whole number within bounds; `low` for a NaN.
LK_INLINE lk_lanes LK(code)(lk_lanes x, float low, float high) { return LK(within)(LK(nearest)(x), low, high); }

LK_INLINE lk_bits LK(whole)(lk_lanes x) { return __builtin_convertvector(x, lk_bits); }

/// Whether any lane of a mask is set.
LK_INLINE int LK(any)(lk_bits mask) {
#if defined(LK_VARIANT_IS_AVX512)
    return _mm512_movepi32_mask((__m512i)mask) != 0;
#else
    int any = 0;
    for (int l = 0; l < LK_LANES; l++) any |= mask[l];
    return any != 0;
#endif
}

/// Half precision, ties to even; a NaN keeps its sign only, as in ggml.
LK_INLINE lk_words LK(half_bits)(lk_lanes x) {
    const lk_words bits = (lk_words)x, sign = (bits >> 16) & 0x8000;
    const lk_words is_nan = (lk_words)(x != x);
#if defined(LK_VARIANT_IS_PORTABLE)
    // Scaling up and down leaves too large numbers infinite; adding a number of the right size then rounds the rest.
    const lk_words doubled = bits + bits;
    const lk_lanes scaled = LK(magnitude)(x) * LK(splat)(0x1p112f) * LK(splat)(0x1p-110f);
    const lk_words least = (lk_words)LK(splat)(0) + 0x71000000u, exponent = doubled & 0xff000000u;
    const lk_words bias = (exponent & (lk_words)(exponent >= least)) | (least & (lk_words)(exponent < least));
    const lk_words sum = (lk_words)((lk_lanes)((bias >> 1) + 0x07800000u) + scaled);
    const lk_words half = sign | (((sum >> 13) & 0x7c00) + (sum & 0xfff));
#elif defined(LK_VARIANT_IS_AVX2)
    const lk_lanes8 low = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
    const lk_lanes8 high = __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m256i both = _mm256_set_m128i(_mm256_cvtps_ph((__m256)high, 0), _mm256_cvtps_ph((__m256)low, 0));
    const lk_words half = __builtin_convertvector((lk_halves16)both, lk_words);
#else
    const lk_words half = (lk_words)_mm512_cvtepu16_epi32(_mm512_cvtps_ph((__m512)x, 0));
#endif
    return (half & ~is_nan) | ((sign | 0x7e00) & is_nan);
}

/// What half precision makes of numbers; infinities become the largest that it has, so that no block decodes to them.
LK_INLINE lk_lanes LK(through_half)(lk_lanes x) {
    x = LK(larger)(LK(smaller)(x, LK(splat)(65504)), LK(splat)(-65504));
    return LK(from_half)(__builtin_convertvector(LK(half_bits)(x), lk_halves16));
}

/// `count` numbers of every block from number `first` on, a multiple of 16: number i of all blocks to out[i].
LK_INLINE void LK(gather)(const float *const *blocks, size_t first, size_t count, lk_lanes *out) {
    for (size_t c = 0; c < count; c += LK_LANES) {
        lk_lanes square[LK_LANES];
        LK_UNROLL for (int l = 0; l < LK_LANES; l++) square[l] = LK(read)(blocks[l] + first + c);
        LK(turn)(square);
        LK_UNROLL for (int l = 0; l < LK_LANES; l++) out[c + (size_t)l] = square[l];
    }
}

/// As `gather`, with what is not finite made so: a NaN becomes zero, an infinity the largest number.
LK_INLINE void LK(gather_finite)(const float *const *blocks, size_t first, size_t count, lk_lanes *out) {
    LK(gather)(blocks, first, count, out);
    const lk_lanes most = LK(splat)(0x1.fffffep127f);
    for (size_t i = 0; i < count; i++) {
        const lk_lanes bounded = LK(larger)(LK(smaller)(out[i], most), LK(splat)(-0x1.fffffep127f));
        out[i] = (lk_lanes)((lk_bits)bounded & (out[i] == out[i]));
    }
}

/// The importance of every block's columns; what is not a positive number counts as zero.
LK_INLINE void LK(gather_weights)(const lk_group *group, size_t count, lk_lanes *w) {
    LK(gather)(group->importance, 0, count, w);
    for (size_t i = 0; i < count; i++) w[i] = LK(smaller)(LK(larger)(w[i], LK(splat)(0)), LK(splat)(0x1p80f));
}

/// Importance times √(mean square + x²): ggml's weights.
LK_INLINE void LK(weigh)(const lk_group *group, size_t count, const lk_lanes *x, lk_lanes mean_square, lk_lanes *w) {
    LK(gather_weights)(group, count, w);
    for (size_t i = 0; i < count; i++) w[i] = w[i] * LK(root)(mean_square + x[i] * x[i]);
}

/// Writes up to sixteen bytes of every block: byte i of the block in lane l, held by lane l of codes[i], goes to
/// out + l · stride + i.
LK_INLINE void LK(put)(const lk_bits *codes, size_t count, uint8_t *out, size_t stride) {
    lk_words fours[4];
    LK_UNROLL for (size_t i = 0; i < 4; i++) {
        fours[i] = (lk_words){0};
        LK_UNROLL for (size_t byte = 0; byte < 4; byte++) {
            const size_t code = 4 * i + byte;
            if (code < count) fours[i] |= ((lk_words)codes[code] & 255) << (8 * byte);
        }
    }
    // In each quarter of a register, four words of four blocks become the four words of one block.
    const lk_words a = __builtin_shufflevector(
        fours[0], fours[1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    const lk_words b = __builtin_shufflevector(
        fours[0], fours[1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    const lk_words c = __builtin_shufflevector(
        fours[2], fours[3], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    const lk_words d = __builtin_shufflevector(
        fours[2], fours[3], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    const lk_words blocks[4] = {
        __builtin_shufflevector(a, c, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
        __builtin_shufflevector(a, c, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31),
        __builtin_shufflevector(b, d, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
        __builtin_shufflevector(b, d, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31),
    };
    LK_UNROLL for (size_t l = 0; l < LK_LANES; l++) {
        __builtin_memcpy(out + l * stride, (const uint32_t *)&blocks[l % 4] + l / 4 * 4, count);
    }
}

/// Writes one half-precision number of every block.
LK_INLINE void LK(put_half)(lk_lanes x, uint8_t *out, size_t stride) {
    const lk_halves16 halves = __builtin_convertvector(LK(half_bits)(x), lk_halves16);
    for (size_t l = 0; l < LK_LANES; l++) {
        const uint16_t half = halves[l];
        __builtin_memcpy(out + l * stride, &half, sizeof half);
    }
}

/// The mean squares of up to sixteen rows, each summed from its first number to its last, as ggml does.
LK_INLINE lk_lanes LK(mean_squares)(const float *rows, size_t count, size_t columns) {
    const float *first[LK_LANES];
    lk_lanes x[LK_LANES], sum = LK(splat)(0);
    for (size_t l = 0; l < LK_LANES; l++) first[l] = rows + (l < count ? l : 0) * columns;
    for (size_t c = 0; c < columns; c += LK_LANES) {
        LK(gather_finite)(first, c, LK_LANES, x);
        for (int i = 0; i < LK_LANES; i++) sum = sum + x[i] * x[i];
    }
    return LK(smaller)(sum / (float)columns, LK(splat)(0x1.fffffep127f));
}

/// 32 codes of four bits: byte i holds code i in its low half and code i + 16 in its high half.
LK_INLINE void LK(put_fours)(const lk_bits *codes, uint8_t *out, size_t stride) {
    lk_bits bytes[16];
    for (int i = 0; i < 16; i++) bytes[i] = codes[i] | (codes[i + 16] << 4);
    LK(put)(bytes, 16, out, stride);
}

/// 32 codes of five bits: four bytes of fifth bits in order, then the low four as `put_fours`.
LK_INLINE void LK(put_fives)(const lk_bits *codes, uint8_t *out, size_t stride) {
    lk_bits low[32], high[4];
    for (int b = 0; b < 4; b++) {
        high[b] = (lk_bits){0};
        for (int t = 0; t < 8; t++) high[b] = high[b] | ((codes[8 * b + t] >> 4) << t);
    }
    for (int i = 0; i < 32; i++) low[i] = codes[i] & 15;
    LK(put)(high, 4, out, stride);
    LK(put_fours)(low, out + 4, stride);
}
