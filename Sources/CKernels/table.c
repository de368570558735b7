// What is compiled and what this processor runs.
#pragma STDC FP_CONTRACT OFF
#include "coded.h"

#if defined(__x86_64__)
#define LK_EVERY_VARIANT(each, name) each(name, portable) each(name, avx2) each(name, avx512)
#define LK_ROW(name, layout) \
    {lk_##name##_##layout##_portable, lk_##name##_##layout##_avx2, lk_##name##_##layout##_avx512}
#else
#define LK_EVERY_VARIANT(each, name) each(name, portable)
#define LK_ROW(name, layout) {lk_##name##_##layout##_portable}
#endif
#if defined(__x86_64__)
#define LK_WIDE_ROW(name, layout) {0, 0, lk_##name##_##layout##_avx512}
#else
#define LK_WIDE_ROW(name, layout) {0}
#endif
#define LK_ROW_0(name, layout) {0}
#define LK_ROW_1(name, layout) LK_ROW(name, layout)
#define LK_BLOCKS_0(name, layout) LK_ROW(name, layout)
#define LK_BLOCKS_1(name, layout) {0}

#define LK_DECLARE_LAYOUT(layout, variant)                                                                            \
    void lk_multiply_##layout##_##variant(                                                                            \
        const lk_rows *, size_t, size_t, const lk_vectors *, const float *, float *, size_t);                         \
    void lk_decode_##layout##_##variant(const uint8_t *, const uint8_t *, size_t, float *);                           \
    void lk_weave_##layout##_##variant(const lk_rows *, size_t, size_t, float *);                                     \
    void lk_multiply_grid_##layout##_##variant(                                                                       \
        const lk_grid *, size_t, size_t, const float *, const float *, float *, float *);                             \
    void lk_decode_grid_##layout##_##variant(const lk_grid *, size_t, size_t, float *);                                \
    void lk_lay_##layout##_##variant(const lk_rows *, size_t, size_t, size_t, lk_panel *);
#define LK_LAYOUT(layout, format, apart, block, alone) LK_EVERY_VARIANT(LK_DECLARE_LAYOUT, layout)
#include "kernels.def"
#undef LK_LAYOUT

#define LK_LAYOUT(layout, format, apart, block, alone)                                                \
    {#layout, format, apart, block, LK_ROW(multiply, layout), LK_ROW(decode, layout),                 \
     LK_WIDE_ROW(weave, layout), LK_ROW_##alone(multiply_grid, layout), LK_ROW_##alone(decode_grid, layout), LK_BLOCKS_##alone(lay, layout)},
static const lk_format lk_formats[] = {
#include "kernels.def"
};
#undef LK_LAYOUT

const lk_format *lk_format_at(size_t index) {
    return index < sizeof lk_formats / sizeof lk_formats[0] ? &lk_formats[index] : NULL;
}

lk_multiply lk_multiply_of(const lk_format *format, int variant) { return format->multiply[variant]; }
lk_decode lk_decode_of(const lk_format *format, int variant) { return format->decode[variant]; }
lk_weave lk_weave_of(const lk_format *format, int variant) { return format->weave[variant]; }
lk_multiply_grid lk_multiply_grid_of(const lk_format *format, int variant) { return format->multiply_grid[variant]; }
lk_decode_grid lk_decode_grid_of(const lk_format *format, int variant) { return format->decode_grid[variant]; }
int lk_has_coded(const lk_format *format) { return format->lay[lk_portable] != 0; }

// What AVX-512 alone has.
#define LK_WIDE_portable(operation) 0
#define LK_WIDE_avx2(operation) 0
#define LK_WIDE_avx512(operation) operation

#define LK_DECLARE_OPERATIONS(name, variant)                                                          \
    void lk_exponential_##variant(const float *, size_t, float *);                                    \
    void lk_sigmoid_##variant(const float *, size_t, float *);                                        \
    float lk_root_mean_square_##variant(const float *, size_t, float);                                \
    void lk_normalize_##variant(const float *, size_t, float, const float *, float *, float *);       \
    void lk_rotate_##variant(float *, size_t, const float *, const float *);                          \
    void lk_swiglu_##variant(const float *, const float *, size_t, float *);                          \
    void lk_clamped_swiglu_##variant(const float *, const float *, size_t, float, float, float *);    \
    void lk_add_##variant(const float *, size_t, float *);                                            \
    void lk_add_scaled_##variant(const float *, size_t, float, float *);                              \
    float lk_maximum_##variant(const float *, size_t);                                                \
    float lk_exponentials_##variant(const float *, size_t, size_t, float, float *);                   \
    void lk_softmax_##variant(const float *, size_t, size_t, const float *, float *);                 \
    void lk_scores_##variant(const float *, size_t, const float *, size_t, size_t, float, float *);   \
    void lk_mix_##variant(const float *, const float *, size_t, size_t, size_t, float *);             \
    void lk_subtract_products_##variant(                                                              \
        const double *, size_t, const double *, size_t, size_t, size_t, size_t, double *, size_t);    \
    void lk_turn_rows_##variant(const float *, size_t, size_t, size_t, float *);                      \
    void lk_turn_vectors_##variant(const float *, size_t, size_t, size_t, size_t, float *);           \
    void lk_multiply_turned_##variant(                                                                \
        const float *, size_t, size_t, const float *, size_t, const float *, float *, size_t);        \
    void lk_weave_rows_##variant(const float *, size_t, size_t, float *);                             \
    void lk_multiply_woven_##variant(                                                                 \
        const float *, size_t, size_t, const float *, size_t, const float *, float *, size_t);        \
    static const lk_operations lk_operations_##variant = {                                            \
        lk_exponential_##variant, lk_sigmoid_##variant,        lk_root_mean_square_##variant,         \
        lk_normalize_##variant,   lk_rotate_##variant,         lk_swiglu_##variant,                   \
        lk_clamped_swiglu_##variant, lk_add_##variant,         lk_add_scaled_##variant,               \
        lk_maximum_##variant,     lk_exponentials_##variant,   lk_softmax_##variant,                  \
        lk_scores_##variant,      lk_mix_##variant,            lk_subtract_products_##variant,        \
        lk_turn_rows_##variant,   lk_turn_vectors_##variant,   lk_multiply_turned_##variant,          \
        LK_WIDE_##variant(lk_weave_rows_##variant), LK_WIDE_##variant(lk_multiply_woven_##variant),   \
    };
LK_EVERY_VARIANT(LK_DECLARE_OPERATIONS, )

#define LK_DECLARE_CODE(name, variant) void lk_code_##variant(const float *, size_t, size_t, const lk_coded *);
LK_EVERY_VARIANT(LK_DECLARE_CODE, )
#define LK_DECLARE_LOOP(name, variant) float lk_multiply_add_loop_##variant(size_t);
LK_EVERY_VARIANT(LK_DECLARE_LOOP, )

float lk_multiply_add_loop(int variant, size_t rounds) {
    switch (variant) {
#if defined(__x86_64__)
        case lk_portable: return lk_multiply_add_loop_portable(rounds);
        case lk_avx2: return lk_multiply_add_loop_avx2(rounds);
        default: return lk_multiply_add_loop_avx512(rounds);
#else
        default: return lk_multiply_add_loop_portable(rounds);
#endif
    }
}

lk_code lk_code_of(int variant) {
    switch (variant) {
#if defined(__x86_64__)
        case lk_portable: return lk_code_portable;
        case lk_avx2: return lk_code_avx2;
        default: return lk_code_avx512;
#else
        default: return lk_code_portable;
#endif
    }
}

#define LK_OPERATIONS(name, variant) &lk_operations_##variant,
const lk_operations *lk_operations_of(int variant) {
    static const lk_operations *const every[lk_variant_count] = {LK_EVERY_VARIANT(LK_OPERATIONS, )};
    return every[variant];
}

int lk_supports(int variant) {
    switch (variant) {
        case lk_portable: return 1;
#if defined(__x86_64__)
        case lk_avx2:
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
        case lk_avx512:
            return lk_supports(lk_avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
        case lk_vnni: return lk_supports(lk_avx512) && __builtin_cpu_supports("avx512vnni");
        case lk_amx:
            return lk_supports(lk_vnni) && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-int8")
                && lk_may_use_tiles();
#endif
        default: return 0;
    }
}
