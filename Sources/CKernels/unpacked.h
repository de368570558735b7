// Blocks that are unpacked to a signed byte a weight before they are multiplied: weight = step · code − least.
//
// Large blocks fit no registers, and their codes lie scattered; put side by side once, they are read sixteen at a time like
// q8_0's. Where there is a least, the product of step and code is exact in float32 (11 + 6 + 5 bits at most), so that fusing
// the subtraction changes no bit. Before including this, a file defines
//   LK_LAYOUT_NAME, LK_BYTES, LK_GROUPS   as for layout.h, LK_GROUPS for the part of a block taken at a time
//   LK_STEPS                              parts of a block
//   LK_RUN                                weights under one step, a multiple of 16
//   LK_LEAST                              whether a run has something to take off
// and afterwards LK(unpack)(block, head).

#include "columns.h"

typedef struct {
    int8_t codes[LK_STEPS * LK_GROUPS * LK_LANES];
    float steps[LK_STEPS * LK_GROUPS * LK_LANES / LK_RUN];
#if LK_LEAST
    /// What is added: the negative of the least.
    float leasts[LK_STEPS * LK_GROUPS * LK_LANES / LK_RUN];
#endif
} LK(head);
typedef LK(head) LK(coded);

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head);

LK_INLINE void LK(integers)(const uint8_t *block, const uint8_t *scales, LK(coded) *coded) {
    (void)scales;
    LK(unpack)(block, coded);
}

LK_INLINE void LK(open)(const uint8_t *block, LK(head) *head) { LK(unpack)(block, head); }

LK_INLINE void LK(step)(const LK(head) *head, size_t step, lk_lanes *out) {
    LK_UNROLL for (int g = 0; g < LK_GROUPS; g++) {
        const size_t group = step * LK_GROUPS + (size_t)g;
        const lk_lanes scale = LK(splat)(head->steps[group * LK_LANES / LK_RUN]);
        lk_signed16 codes;
        __builtin_memcpy(&codes, head->codes + group * LK_LANES, sizeof codes);
        const lk_lanes numbers = __builtin_convertvector(__builtin_convertvector(codes, lk_bits), lk_lanes);
#if LK_LEAST
        out[g] = LK(add_exact)(numbers, scale, LK(splat)(head->leasts[group * LK_LANES / LK_RUN]));
#else
        out[g] = numbers * scale;
#endif
    }
}

LK_INLINE lk_bytes32 LK(read32)(const uint8_t *p) {
    lk_bytes32 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

LK_INLINE lk_bytes16 LK(read16)(const uint8_t *p) {
    lk_bytes16 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

LK_INLINE void LK(put32)(int8_t *p, lk_bytes32 v) { __builtin_memcpy(p, &v, sizeof v); }
LK_INLINE void LK(put16)(int8_t *p, lk_bytes16 v) { __builtin_memcpy(p, &v, sizeof v); }

LK_INLINE uint32_t LK(word)(const uint8_t *p) {
    uint32_t v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

LK_INLINE uint32_t LK(short_word)(const uint8_t *p) {
    uint16_t v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

/// Four times 32 codes of two bits: bits 2g and 2g + 1 of byte l are those of weight 32g + l.
LK_INLINE lk_bytes32 LK(crumbs)(lk_bytes32 bytes, int g) { return bytes >> (uint8_t)(2 * g) & 3; }
