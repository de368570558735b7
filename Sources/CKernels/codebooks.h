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

/// For eight signs, all ones in the bytes whose bit is set.
extern const uint64_t lk_sign_masks[256];
/// The same for seven signs: the eighth makes the number of minus signs even.
extern const uint64_t lk_even_sign_masks[128];

/// Eight weights, none of them zero, of which those are negated that the mask covers.
static inline uint64_t lk_signed_pattern(uint64_t pattern, uint64_t mask) {
    return (pattern ^ mask) + (mask & 0x0101010101010101);
}

static inline void lk_put_pattern(int8_t *codes, uint64_t pattern) { __builtin_memcpy(codes, &pattern, 8); }
