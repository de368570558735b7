#ifndef LK_VARIANT
// Rows of FP8, compressed-tensors, AutoAWQ and GPTQ: plain loops, which the compiler turns into vectors of each variant.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "packed_rows.c"
#include "packed_rows.h"
#include "variants.h"

const lk_packed *lk_packed_of(int variant) {
    static const lk_packed all[] = {
        {lk_packed_e4m3_portable, lk_packed_bytes_portable, lk_packed_octets_portable, lk_packed_nibbles_portable,
         lk_packed_slots_portable, lk_packed_turn_portable, lk_packed_regroup_portable, lk_narrow_bytes_portable,
         lk_narrow_nibbles_portable, lk_narrow_slots_portable},
#if defined(__x86_64__)
        {lk_packed_e4m3_avx2, lk_packed_bytes_avx2, lk_packed_octets_avx2, lk_packed_nibbles_avx2, lk_packed_slots_avx2,
         lk_packed_turn_avx2, lk_packed_regroup_avx2, lk_narrow_bytes_avx2, lk_narrow_nibbles_avx2,
         lk_narrow_slots_avx2},
        {lk_packed_e4m3_avx512, lk_packed_bytes_avx512, lk_packed_octets_avx512, lk_packed_nibbles_avx512,
         lk_packed_slots_avx512, lk_packed_turn_avx512, lk_packed_regroup_avx512, lk_narrow_bytes_avx512,
         lk_narrow_nibbles_avx512, lk_narrow_slots_avx512},
#endif
    };
    return variant >= 0 && (size_t)variant < sizeof all / sizeof *all ? all + variant : 0;
}
#else

/// 1 sign, 4 exponent (bias 7) and 3 mantissa bits; 0x7F is NaN and exponent 0 holds multiples of 2⁻⁹.
LK_INLINE float LK(e4m3_value)(uint8_t code) {
    const uint32_t size = code & 0x7F;
    const float small = (float)(int32_t)size * 0x1p-9f;
    uint32_t bits, small_bits;
    __builtin_memcpy(&small_bits, &small, sizeof bits);
    bits = size < 8 ? small_bits : (size << 20) + (120u << 23);
    bits = size == 0x7F ? 0x7FC00000u : bits;
    bits |= (uint32_t)(code & 0x80) << 24;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static void LK(packed_e4m3)(const uint8_t *codes, size_t count, float scale, float *restrict y) {
    for (size_t i = 0; i < count; i++) y[i] = LK(e4m3_value)(codes[i]) * scale;
}

static void LK(packed_bytes)(const uint8_t *codes, size_t count, float zero, float scale, float *restrict y) {
    for (size_t i = 0; i < count; i++) y[i] = ((float)(int32_t)(int8_t)codes[i] - zero) * scale;
}

static void LK(packed_octets)(const uint8_t *codes, size_t count, float zero, float scale, float *restrict y) {
    for (size_t i = 0; i < count; i++) y[i] = ((float)(int32_t)codes[i] - zero) * scale;
}

static void LK(packed_nibbles)(const uint8_t *codes, size_t count, float zero, float scale, float *restrict y) {
    for (size_t i = 0; i < count / 2; i++) {
        y[2 * i] = ((float)(int32_t)(codes[i] & 15) - zero) * scale;
        y[2 * i + 1] = ((float)(int32_t)(codes[i] >> 4) - zero) * scale;
    }
}

static void LK(packed_slots)(
    const uint32_t *words, size_t count, uint32_t shift, float zero, float scale, float *restrict y) {
    for (size_t i = 0; i < count; i++) y[i] = ((float)(int32_t)(words[i] >> shift & 15) - zero) * scale;
}

static void LK(packed_turn)(
    const uint8_t *words, size_t stride, size_t rows, size_t columns, uint32_t *restrict turned) {
    // Sixteen words of a row are a line of the cache: they are taken together.
    for (size_t first = 0; first < columns; first += 16) {
        const size_t here = columns - first < 16 ? columns - first : 16;
        for (size_t r = 0; r < rows; r++) {
            const uint8_t *line = words + (r * stride + first) * 4;
            LK(prefetch)(line, (ptrdiff_t)(16 * stride));
            for (size_t c = 0; c < here; c++) __builtin_memcpy(turned + (first + c) * rows + r, line + c * 4, 4);
        }
    }
}

static void LK(packed_regroup)(
    const uint8_t *groups, size_t count, size_t group_count, const float *zeros, const float *scales, float *restrict y) {
    for (size_t i = 0; i < count; i++) {
        uint32_t group;
        __builtin_memcpy(&group, groups + i * 4, 4);
        if (group < group_count) y[i] = (y[i] - (zeros ? zeros[group] : 0)) * scales[group];
        else y[i] = __builtin_nanf("");
    }
}

/// How far ahead codes are asked for: rows lie behind one another, and are too short for the processor to foresee.
#define LK_AHEAD 2048

static void LK(narrow_bytes)(const uint8_t *codes, size_t count, uint8_t flipped, int8_t *restrict y) {
    for (size_t i = 0; i + 32 <= count; i += 32) {
        lk_bytes32 part;
        if (i % 64 == 0) LK(prefetch)(codes + i, LK_AHEAD);
        __builtin_memcpy(&part, codes + i, sizeof part);
        part ^= flipped;
        __builtin_memcpy(y + i, &part, sizeof part);
    }
}

static void LK(narrow_nibbles)(const uint8_t *codes, size_t count, const int8_t *zeros, int8_t *restrict y) {
    for (size_t i = 0; i + 32 <= count; i += 32) {
        lk_bytes16 both;
        if (i % 128 == 0) LK(prefetch)(codes + i / 2, LK_AHEAD);
        __builtin_memcpy(&both, codes + i / 2, sizeof both);
        const lk_bytes16 low = both & 15, high = both >> 4;
        const lk_bytes16 halves[2] = {
            __builtin_shufflevector(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23) - (uint8_t)zeros[i / 16],
            __builtin_shufflevector(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
                - (uint8_t)zeros[i / 16 + 1],
        };
        __builtin_memcpy(y + i, halves, sizeof halves);
    }
}

static void LK(narrow_slots)(
    const uint32_t *words, size_t count, uint32_t shift, const int8_t *zeros, int8_t *restrict y) {
    for (size_t i = 0; i + 16 <= count; i += 16) {
        lk_words sixteen;
        __builtin_memcpy(&sixteen, words + i, sizeof sixteen);
        const lk_bytes16 found = __builtin_convertvector(sixteen >> shift & 15, lk_bytes16) - (uint8_t)zeros[i / 16];
        __builtin_memcpy(y + i, &found, sizeof found);
    }
}
#undef LK_AHEAD
#endif
