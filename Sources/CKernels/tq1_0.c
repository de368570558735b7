#ifndef LK_VARIANT
// TQ1_0: weight = scale · (t − 1), 256 weights in 54 bytes.
//   0..31   byte l: digit n is t of weight 32n + l, five digits
//   32..47  byte l: digit n is t of weight 160 + 16n + l, five digits
//   48..51  byte l: digit n is t of weight 240 + 4n + l, four digits
//   52..53  scale, half precision
// Digit n of byte x is (x · 3ⁿ mod 256) · 3 >> 8.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "tq1_0.c"
#include "variants.h"
#else
#define LK_LAYOUT_NAME tq1_0
#define LK_BYTES 54
#define LK_GROUPS 2
#define LK_STEPS 8
#define LK_RUN 256
#define LK_LEAST 0
#include "unpacked.h"

typedef uint16_t LK(halves32) __attribute__((vector_size(64)));

/// One digit of each byte, less one; what the bytes were multiplied with already brought it to the top.
LK_INLINE lk_bytes32 LK(digits)(lk_bytes32 bytes) {
    return __builtin_convertvector(__builtin_convertvector(bytes, LK(halves32)) * 3 >> 8, lk_bytes32) - 1;
}

LK_INLINE void LK(unpack)(const uint8_t *block, LK(head) *head) {
    head->steps[0] = LK(half)(block + 52);
    const lk_bytes32 bytes = LK(read32)(block);
    uint8_t rest[32] = {0};
    __builtin_memcpy(rest, block + 32, 20);
    const lk_bytes32 others = LK(read32)(rest);
    uint8_t power = 1;
    LK_UNROLL for (int n = 0; n < 5; n++) {
        LK(put32)(head->codes + 32 * n, LK(digits)(bytes * power));
        const lk_bytes32 found = LK(digits)(others * power);
        __builtin_memcpy(head->codes + 160 + 16 * n, &found, 16);
        if (n < 4) __builtin_memcpy(head->codes + 240 + 4 * n, (const uint8_t *)&found + 16, 4);
        power *= 3;
    }
}

#include "layout.h"
#endif
