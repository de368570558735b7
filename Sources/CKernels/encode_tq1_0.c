#ifndef LK_VARIANT
// TQ1_0: 256 ternary codes, five of them a byte as digits of a fraction in base 3.
//
// A byte is the digits' value times 256 / 243, rounded up: multiplying it by 3 again and again carries out digit by digit.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_tq1_0.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_ternary.h"

/// The byte of up to five digits, `apart` from each other; the missing ones are zeros at the end.
LK_INLINE lk_bits LK(digits)(const lk_bits *codes, int count, int apart) {
    lk_bits value = {0};
    for (int n = 0; n < 5; n++) value = value * 3 + (n < count ? codes[n * apart] : (lk_bits){0});
    return (value * 256 + 242) / 243;
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_bits codes[256], bytes[16];
    LK(put_half)(LK(ternary_block)(group, codes), out + 52, 54);
    for (int c = 0; c < 2; c++) {
        for (int i = 0; i < 16; i++) bytes[i] = LK(digits)(codes + 16 * c + i, 5, 32);
        LK(put)(bytes, 16, out + 16 * c, 54);
    }
    for (int i = 0; i < 16; i++) bytes[i] = LK(digits)(codes + 160 + i, 5, 16);
    LK(put)(bytes, 16, out + 32, 54);
    for (int i = 0; i < 4; i++) bytes[i] = LK(digits)(codes + 240 + i, 4, 4);
    LK(put)(bytes, 4, out + 48, 54);
}

#define LK_ENCODER_NAME tq1_0
#define LK_LENGTH 256
#define LK_BYTES 54
#include "encode_layout.h"
#endif
