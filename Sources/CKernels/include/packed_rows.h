#pragma once

// Decoding rows of weights that several tensors say together: FP8, compressed-tensors, AutoAWQ, GPTQ.
//
// Every weight is one float32 product, (code − zero) · scale, of a difference that is exact; so all variants give the same
// bits (the payload and sign of a NaN apart). Codes may lie at any address.

#include <stddef.h>
#include <stdint.h>

typedef struct {
    /// E4M3 codes: y = code · scale.
    void (*e4m3)(const uint8_t *codes, size_t count, float scale, float *y);
    /// Signed bytes: y = (code − zero) · scale.
    void (*bytes)(const uint8_t *codes, size_t count, float zero, float scale, float *y);
    /// Unsigned bytes.
    void (*octets)(const uint8_t *codes, size_t count, float zero, float scale, float *y);
    /// Unsigned halves of bytes, the lower first; `count` is even.
    void (*nibbles)(const uint8_t *codes, size_t count, float zero, float scale, float *y);
    /// Four bits of each word from bit `shift` on.
    void (*slots)(const uint32_t *words, size_t count, uint32_t shift, float zero, float scale, float *y);
    /// turned[c][r] = words[r][c] for `columns` of the words of each of `rows` rows, `stride` words apart.
    void (*turn)(const uint8_t *words, size_t stride, size_t rows, size_t columns, uint32_t *turned);
    /// y[i] = (y[i] − zeros[g]) · scales[g] with the group g of column i, a 32-bit word; NaN where g is no group. `zeros` may
    /// be null.
    void (*regroup)(const uint8_t *groups, size_t count, size_t group_count, const float *zeros, const float *scales, float *y);
    /// Whole numbers in signed bytes, for `lk_packed_format`; `count` is a multiple of 32: bytes, with the bits of
    /// `flipped` turned over (128 makes unsigned ones signed),
    void (*narrow_bytes)(const uint8_t *codes, size_t count, uint8_t flipped, int8_t *y);
    /// halves of bytes, the lower first, less zeros[i / 16],
    void (*narrow_nibbles)(const uint8_t *codes, size_t count, const int8_t *zeros, int8_t *y);
    /// four bits of each word from bit `shift` on, less zeros[i / 16].
    void (*narrow_slots)(const uint32_t *words, size_t count, uint32_t shift, const int8_t *zeros, int8_t *y);
} lk_packed;

/// The kernels of a variant; null where it is not compiled.
const lk_packed *lk_packed_of(int variant);
