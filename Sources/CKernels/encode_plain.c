#ifndef LK_VARIANT
// F32, F16 and BF16: every number by itself, nearest with ties to even. A NaN stays one: BF16 keeps its sign and leading
// payload, F16 its sign.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_plain.c"
#include "variants.h"
#else
#include "encode.h"

#define LK_PLAIN3(name, variant) lk_encode_##name##_##variant
#define LK_PLAIN2(name, variant) LK_PLAIN3(name, variant)
#define LK_PLAIN(name) LK_PLAIN2(name, LK_VARIANT)

LK_INLINE lk_halves16 LK(to_half)(lk_lanes x) { return __builtin_convertvector(LK(half_bits)(x), lk_halves16); }

/// Adding just under half of the last kept bit, and that bit, carries where rounding goes up.
LK_INLINE lk_halves16 LK(to_bfloat)(lk_lanes x) {
    const lk_words bits = (lk_words)x, is_nan = (lk_words)(x != x);
    const lk_words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16, quiet = (bits >> 16) | 0x40;
    return __builtin_convertvector((rounded & ~is_nan) | (quiet & is_nan), lk_halves16);
}

void LK_PLAIN(f32)(const lk_encoding *e) {
    __builtin_memcpy(e->bytes, e->values, e->rows * e->columns * sizeof(float));
}

#define LK_TWO_BYTES(name, convert)                                                   \
    void LK_PLAIN(name)(const lk_encoding *e) {                                       \
        const size_t count = e->rows * e->columns;                                    \
        size_t i = 0;                                                                 \
        for (; i + LK_LANES <= count; i += LK_LANES) {                                \
            const lk_halves16 halves = LK(convert)(LK(read)(e->values + i));          \
            __builtin_memcpy(e->bytes + 2 * i, &halves, sizeof halves);               \
        }                                                                             \
        const lk_halves16 last = LK(convert)(LK(read_some)(e->values + i, count - i)); \
        __builtin_memcpy(e->bytes + 2 * i, &last, 2 * (count - i));                   \
    }
LK_TWO_BYTES(f16, to_half)
LK_TWO_BYTES(bf16, to_bfloat)

#undef LK_TWO_BYTES
#undef LK_PLAIN
#undef LK_PLAIN2
#undef LK_PLAIN3
#endif
