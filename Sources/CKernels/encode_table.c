// The encoders that are compiled.
#pragma STDC FP_CONTRACT OFF
#include "ckernels.h"
#include "encoders.h"

#if defined(__x86_64__)
#define LK_ENCODER(name, format)                                   \
    void lk_encode_##name##_portable(const lk_encoding *);         \
    void lk_encode_##name##_avx2(const lk_encoding *);             \
    void lk_encode_##name##_avx512(const lk_encoding *);
#else
#define LK_ENCODER(name, format) void lk_encode_##name##_portable(const lk_encoding *);
#endif
#include "encoders.def"
#undef LK_ENCODER

#if defined(__x86_64__)
#define LK_ENCODER(name, format) \
    {#name, format, {lk_encode_##name##_portable, lk_encode_##name##_avx2, lk_encode_##name##_avx512}},
#else
#define LK_ENCODER(name, format) {#name, format, {lk_encode_##name##_portable}},
#endif
static const lk_encoder lk_encoders[] = {
#include "encoders.def"
};
#undef LK_ENCODER

_Static_assert(lk_variant_count == 3, "lk_encoder has room for every variant");

const lk_encoder *lk_encoder_at(size_t index) {
    return index < sizeof lk_encoders / sizeof lk_encoders[0] ? &lk_encoders[index] : NULL;
}

lk_encode lk_encode_of(const lk_encoder *encoder, int variant) { return encoder->encode[variant]; }
