#ifndef LK_VARIANT
// What a cache keeps of the keys and values of one head, and what is read of them again.
//
//   f16    IEEE half precision, ties to even
//   fp8    E4M3: sign, four bits of exponent, three of mantissa; ties to even, larger numbers become 448
//   q8_0   blocks of 32 channels as in GGUF: d = max|x| / 127, q = x / d rounded, halves away from zero
//   q4_0   blocks of 32 channels as in GGUF: d = m / −8 for the first m of largest magnitude, q = ⌊x / d + 8.5⌋, at most 15
// A head that is no whole number of blocks has zeros behind it. The bits of q8_0 and q4_0 are those of the gguf package.
// What is not finite stays seen: a block that holds any decodes to NaN, and so does a number of its own in fp8.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "cache.c"
#include "variants.h"
#else
#include "cache.h"
#include "encode.h"

#ifndef LK_CACHE_BLOCK
#define LK_CACHE_BLOCK 32
#endif

LK_INLINE size_t LK(at_most)(size_t count, size_t most) { return count < most ? count : most; }

LK_INLINE float LK(largest_lane)(lk_lanes v) {
    float largest = v[0];
    for (int l = 1; l < LK_LANES; l++) largest = v[l] > largest ? v[l] : largest;
    return largest;
}

/// Reads a block, zeros behind its end, and tells the largest magnitude, or a NaN where a number is not finite.
LK_INLINE float LK(read_kept)(const float *x, size_t count, lk_lanes *block) {
    const lk_lanes infinity = LK(splat)(__builtin_inff());
    const size_t first = LK(at_most)(count, LK_LANES);
    block[0] = LK(read_some)(x, first);
    block[1] = LK(read_some)(x + first, count - first);
    const lk_lanes a = LK(magnitude)(block[0]), b = LK(magnitude)(block[1]);
    if (LK(any)(~(a < infinity)) || LK(any)(~(b < infinity))) return __builtin_nanf("");
    return LK(largest_lane)(LK(larger)(a, b));
}

LK_INLINE void LK(put_scale)(float scale, uint8_t *bytes) {
    const uint16_t half = (uint16_t)LK(half_bits)(LK(splat)(scale))[0];
    __builtin_memcpy(bytes, &half, sizeof half);
}

LK_INLINE lk_lanes LK(away_from_zero)(lk_lanes x) {
    const lk_lanes even = LK(nearest)(x), half = LK(magnitude)(x) - LK(magnitude)(even);
    return even + LK(select)(half == 0.5f, LK(select)(x > 0, LK(splat)(1), LK(splat)(-1)), LK(splat)(0));
}

LK_INLINE void LK(keep_block_q8_0)(const float *x, size_t count, uint8_t *bytes) {
    lk_lanes block[2];
    const float largest = LK(read_kept)(x, count, block);
    const float scale = largest / 127, inverse = scale > 0 ? 1 / scale : 0;
    LK(put_scale)(scale, bytes);
    for (int g = 0; g < 2; g++) {
        const lk_lanes codes = LK(within)(LK(away_from_zero)(block[g] * LK(splat)(inverse)), -127, 127);
        const lk_signed16 q = __builtin_convertvector(LK(whole)(codes), lk_signed16);
        __builtin_memcpy(bytes + 2 + 16 * g, &q, sizeof q);
    }
}

/// ⌊x · inverse + 8.5⌋, product and sum each rounded.
LK_INLINE lk_bits LK(four_bits)(lk_lanes x, float inverse) {
    return LK(whole)(LK(within)(x * LK(splat)(inverse) + LK(splat)(8.5f), 0, 15));
}

LK_INLINE void LK(keep_block_q4_0)(const float *x, size_t count, uint8_t *bytes) {
    lk_lanes block[2];
    const float largest = LK(read_kept)(x, count, block);
    float first = largest;
    for (size_t i = count; i-- > 0;)
        if (__builtin_fabsf(x[i]) == largest) first = x[i];
    const float scale = first / -8, inverse = scale != 0 ? 1 / scale : 0;
    LK(put_scale)(scale, bytes);
    const lk_bits low = LK(four_bits)(block[0], inverse), high = LK(four_bits)(block[1], inverse);
    const lk_bytes16 codes = __builtin_convertvector(low | high << 4, lk_bytes16);
    __builtin_memcpy(bytes + 2, &codes, sizeof codes);
}

LK_INLINE void LK(read_block_q8_0)(const uint8_t *bytes, lk_lanes *block) {
    const lk_lanes scale = LK(half_at)(bytes);
    for (int g = 0; g < 2; g++) {
        lk_signed16 q;
        __builtin_memcpy(&q, bytes + 2 + 16 * g, sizeof q);
        block[g] = __builtin_convertvector(__builtin_convertvector(q, lk_bits), lk_lanes) * scale;
    }
}

LK_INLINE void LK(read_block_q4_0)(const uint8_t *bytes, lk_lanes *block) {
    const lk_lanes scale = LK(half_at)(bytes);
    lk_bytes16 codes;
    __builtin_memcpy(&codes, bytes + 2, sizeof codes);
    const lk_bits low = __builtin_convertvector(codes & 15, lk_bits), high = __builtin_convertvector(codes >> 4, lk_bits);
    block[0] = __builtin_convertvector(low - 8, lk_lanes) * scale;
    block[1] = __builtin_convertvector(high - 8, lk_lanes) * scale;
}

/// Numbers below 2⁻⁶ are multiples of 2⁻⁹, which adding 2¹⁴ rounds to; above, 20 bits of the mantissa are rounded off.
LK_INLINE lk_words LK(to_e4m3)(lk_lanes x) {
    const lk_lanes size = LK(magnitude)(x), bounded = LK(smaller)(size, LK(splat)(448));
    const lk_words bits = (lk_words)bounded, sign = ((lk_words)x >> 24) & 0x80;
    const lk_words normal = ((bits + 0x7ffff + ((bits >> 20) & 1)) >> 20) - 960;
    const lk_words small = (lk_words)(bounded + LK(splat)(16384)) - (lk_words)LK(splat)(16384);
    const lk_bits is_small = bounded < 0x1p-6f, is_number = size < __builtin_inff();
    const lk_words code = (small & (lk_words)is_small) | (normal & ~(lk_words)is_small);
    return (code & (lk_words)is_number) | (0x7f & ~(lk_words)is_number) | sign;
}

/// The seven bits in a float's place are the number times 2⁻¹²⁰, subnormal ones too.
LK_INLINE lk_lanes LK(from_e4m3)(lk_words codes) {
    const lk_words size = codes & 0x7f, sign = (codes & 0x80) << 24;
    const lk_lanes number = (lk_lanes)(size << 20) * LK(splat)(0x1p120f);
    return (lk_lanes)((lk_words)LK(select)((lk_bits)(size == 0x7f), LK(splat)(__builtin_nanf("")), number) | sign);
}

#define LK_CACHE3(step, name, variant) lk_cache_##step##_##name##_##variant
#define LK_CACHE2(step, name, variant) LK_CACHE3(step, name, variant)
#define LK_CACHE(step, name) LK_CACHE2(step, name, LK_VARIANT)

#define LK_BLOCKWISE(name, size)                                                                      \
    void LK_CACHE(encode, name)(const float *x, size_t count, uint8_t *bytes) {                       \
        for (size_t i = 0; i < count; i += LK_CACHE_BLOCK, bytes += size)                             \
            LK(keep_block_##name)(x + i, LK(at_most)(count - i, LK_CACHE_BLOCK), bytes);              \
    }                                                                                                 \
    void LK_CACHE(decode, name)(const uint8_t *bytes, size_t count, float *y) {                       \
        for (size_t i = 0; i < count; i += LK_CACHE_BLOCK, bytes += size) {                           \
            lk_lanes block[2];                                                                        \
            LK(read_block_##name)(bytes, block);                                                      \
            __builtin_memcpy(y + i, block, LK(at_most)(count - i, LK_CACHE_BLOCK) * sizeof(float));   \
        }                                                                                             \
    }
LK_BLOCKWISE(q8_0, 34)
LK_BLOCKWISE(q4_0, 18)

#define LK_SINGLY(name, type, from, to)                                                          \
    void LK_CACHE(encode, name)(const float *x, size_t count, uint8_t *bytes) {                  \
        for (size_t i = 0; i < count; i += LK_LANES) {                                           \
            const size_t n = LK(at_most)(count - i, LK_LANES);                                   \
            const type codes = __builtin_convertvector(to(LK(read_some)(x + i, n)), type);       \
            __builtin_memcpy(bytes + i * sizeof codes[0], &codes, n * sizeof codes[0]);          \
        }                                                                                        \
    }                                                                                            \
    void LK_CACHE(decode, name)(const uint8_t *bytes, size_t count, float *y) {                  \
        for (size_t i = 0; i < count; i += LK_LANES) {                                           \
            const size_t n = LK(at_most)(count - i, LK_LANES);                                   \
            type codes = {0};                                                                    \
            __builtin_memcpy(&codes, bytes + i * sizeof codes[0], n * sizeof codes[0]);          \
            LK(write_some)(y + i, from(codes), n);                                               \
        }                                                                                        \
    }
#define LK_WIDENED_E4M3(codes) LK(from_e4m3)(__builtin_convertvector(codes, lk_words))
LK_SINGLY(f16, lk_halves16, LK(from_half), LK(half_bits))
LK_SINGLY(fp8, lk_bytes16, LK_WIDENED_E4M3, LK(to_e4m3))

#undef LK_WIDENED_E4M3
#undef LK_SINGLY
#undef LK_BLOCKWISE
#undef LK_CACHE
#undef LK_CACHE2
#undef LK_CACHE3
#endif
