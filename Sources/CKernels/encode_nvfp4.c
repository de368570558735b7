#ifndef LK_VARIANT
// NVFP4: four sub-blocks of 16 E2M1 numbers, each under an unsigned E4M3 scale.
//
// ggml takes the scale under which the largest magnitude is 6; some finer and coarser ones are tried as well.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_nvfp4.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_fp4.h"

/// The E4M3 code nearest to a number that is not negative, from 1 to 126.
LK_INLINE lk_bits LK(e4m3_code)(lk_lanes x) {
    const lk_lanes bounded = LK(smaller)(x, LK(splat)(448));
    const lk_bits normal = (((lk_bits)bounded + (1 << 19)) >> 20) - (120 << 3);
    const lk_bits subnormal = LK(whole)(LK(nearest)(bounded * 512)), is_small = bounded < 0x1p-6f;
    const lk_bits code = (subnormal & is_small) | (normal & ~is_small);
    const lk_bits low = code < 1;
    return (low & 1) | (code & ~low);
}

/// The number of a code from 1 to 126.
LK_INLINE lk_lanes LK(e4m3)(lk_bits code) {
    const lk_lanes normal = (lk_lanes)((code + (120 << 3)) << 20);
    return LK(select)(code < 8, __builtin_convertvector(code, lk_lanes) * 0x1p-9f, normal);
}

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[64], w[64];
    lk_bits scales[4], bytes[8];
    LK(gather_finite)(group->values, 0, 64, x);
    if (group->weighted) LK(gather_weights)(group, 64, w);
    for (int s = 0; s < 4; s++) {
        const lk_lanes *own = x + 16 * s;
        lk_lanes largest = LK(splat)(0), least = LK(splat)(0);
        for (int i = 0; i < 16; i++) largest = LK(larger)(LK(magnitude)(own[i]), largest);
        const lk_bits plain = LK(e4m3_code)(largest / 6);
        scales[s] = plain;
        for (int step = 0; step < 9; step++) {
            const lk_bits wanted = plain + (step < 7 ? step : 6 - step);
            const lk_lanes scale = LK(e4m3)(wanted) * 0.5f, inverse = 1 / scale;
            lk_lanes error = LK(splat)(0);
            for (int i = 0; i < 16; i++) {
                const lk_lanes size = LK(magnitude)(own[i] * inverse), off = (LK(doubled_fp4)(size) - size) * scale;
                error = error + (group->weighted ? w[16 * s + i] * off * off : off * off);
            }
            const lk_bits better = step == 0 ? (lk_bits){0} == 0 : (error < least) & (wanted >= 1) & (wanted <= 126);
            least = LK(select)(better, error, least);
            scales[s] = (wanted & better) | (scales[s] & ~better);
        }
        const lk_lanes inverse = 2 / LK(e4m3)(scales[s]);
        for (int i = 0; i < 8; i++)
            bytes[i] = LK(fp4_code)(own[i] * inverse) | (LK(fp4_code)(own[i + 8] * inverse) << 4);
        LK(put)(bytes, 8, out + 4 + 8 * s, 36);
        scales[s] = scales[s] & (largest > 0);
    }
    LK(put)(scales, 4, out, 36);
}

#define LK_ENCODER_NAME nvfp4
#define LK_LENGTH 64
#define LK_BYTES 36
#include "encode_layout.h"
#endif
