#ifndef LK_VARIANT
// IQ4_NL: 32 codes into uneven steps under a half-precision scale, with the bits of ggml: codes are those nearest under the
// scale before it is stored.
#pragma STDC FP_CONTRACT OFF
#define LK_SELF "encode_iq4_nl.c"
#include "variants.h"
#else
#include "encode.h"
#include "encode_search.h"
#include "encode_superblock.h"
#include "encode_iq4.h"

LK_INLINE void LK(encode_group)(const lk_group *group, uint8_t *out) {
    lk_lanes x[32], w[32];
    lk_bits codes[32];
    LK(gather_finite)(group->values, 0, 32, x);
    if (group->weighted) LK(weigh)(group, 32, x, LK(sum_of_squares)(x, 32) * (2.0f / 32), w);
    else for (int i = 0; i < 32; i++) w[i] = x[i] * x[i];
    const lk_lanes scale = LK(step_scale)(x, w);
    LK(step_codes)(x, scale, codes);
    LK(put_half)(LK(through_half)(scale), out, 18);
    LK(put_fours)(codes, out + 2, 18);
}

#define LK_ENCODER_NAME iq4_nl
#define LK_LENGTH 32
#define LK_BYTES 18
#include "encode_layout.h"
#endif
