// The codebooks of the IQ formats: patterns of eight or four weights, a signed byte each, the first lowest.

#pragma once

#include "ckernels.h"

/// Eight times −1, 0 or 1, so that the shift of an eighth is a whole number too.
extern const uint64_t lk_codebook_iq1[2048];
extern const uint64_t lk_codebook_iq2xxs[256];
extern const uint64_t lk_codebook_iq2xs[512];
extern const uint64_t lk_codebook_iq2s[1024];
extern const uint32_t lk_codebook_iq3xxs[256];
extern const uint32_t lk_codebook_iq3s[512];

/// Eight signs from seven bits: the eighth makes the number of minus signs even.
static inline uint32_t lk_even_signs(uint32_t seven) { return seven | (uint32_t)__builtin_parity(seven) << 7; }

/// Eight weights, none of them zero, of which those are negated whose bit is set in `signs`.
static inline uint64_t lk_signed_pattern(uint64_t pattern, uint32_t signs) {
    const uint64_t ones = 0x0101010101010101;
    // Bit i of the signs comes to rest on bit 8i + 7 and is moved down to 8i.
    const uint64_t negated = ((signs & 127) * 0x0002040810204081 & ones) | (uint64_t)(signs >> 7) << 56;
    return (pattern ^ negated * 255) + negated;
}

static inline void lk_put_pattern(int8_t *codes, uint64_t pattern) { __builtin_memcpy(codes, &pattern, 8); }
