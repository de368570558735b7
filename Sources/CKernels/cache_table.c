// The ways in which a cache keeps keys and values; float32 needs none.
#pragma STDC FP_CONTRACT OFF
#include "cache.h"

#if defined(__x86_64__)
#define LK_EVERY(step, name) \
    {lk_cache_##step##_##name##_portable, lk_cache_##step##_##name##_avx2, lk_cache_##step##_##name##_avx512}
#define LK_DECLARE(name) LK_DECLARE_ONE(name, portable) LK_DECLARE_ONE(name, avx2) LK_DECLARE_ONE(name, avx512)
#else
#define LK_EVERY(step, name) {lk_cache_##step##_##name##_portable}
#define LK_DECLARE(name) LK_DECLARE_ONE(name, portable)
#endif
#define LK_DECLARE_ONE(name, variant)                                           \
    void lk_cache_encode_##name##_##variant(const float *, size_t, uint8_t *);  \
    void lk_cache_decode_##name##_##variant(const uint8_t *, size_t, float *);
LK_DECLARE(f16)
LK_DECLARE(q8_0)
LK_DECLARE(fp8)
LK_DECLARE(q4_0)

static const lk_cache_codec lk_codecs[] = {
    {"f16", 1, 2, LK_EVERY(encode, f16), LK_EVERY(decode, f16)},
    {"q8_0", 32, 34, LK_EVERY(encode, q8_0), LK_EVERY(decode, q8_0)},
    {"fp8", 1, 1, LK_EVERY(encode, fp8), LK_EVERY(decode, fp8)},
    {"q4_0", 32, 18, LK_EVERY(encode, q4_0), LK_EVERY(decode, q4_0)},
};

const lk_cache_codec *lk_cache_codec_at(size_t index) {
    return index < sizeof lk_codecs / sizeof lk_codecs[0] ? &lk_codecs[index] : NULL;
}

/// Variants beyond the last that is compiled here have its instructions, too.
static int lk_compiled(int variant) { return variant < 3 ? variant : 2; }

lk_cache_encode lk_cache_encode_of(const lk_cache_codec *codec, int variant) {
    return codec->encode[lk_compiled(variant)];
}

lk_cache_decode lk_cache_decode_of(const lk_cache_codec *codec, int variant) {
    return codec->decode[lk_compiled(variant)];
}
