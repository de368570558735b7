// Includes LK_SELF, the file that included this one, once for every variant, with LK_VARIANT set and the functions
// compiled for its instruction set. A file is written once below its `#else` and may ask for LK_VARIANT_IS_….

#include "ckernels.h"

#define LK_JOIN3(a, b, c) a##b##_##c
#define LK_JOIN(a, b, c) LK_JOIN3(a, b, c)
/// A name that each variant has for itself.
#define LK(name) LK_JOIN(lk_, name, LK_VARIANT)
#define LK_INLINE static inline __attribute__((always_inline, unused))
#define LK_UNROLL _Pragma("clang loop unroll(full)")

#define LK_VARIANT portable
#define LK_VARIANT_IS_PORTABLE 1
#include "lanes.h"
#include LK_SELF
#undef LK_VARIANT
#undef LK_VARIANT_IS_PORTABLE

#if defined(__x86_64__)
#include <immintrin.h>

#define LK_VARIANT avx2
#define LK_VARIANT_IS_AVX2 1
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "lanes.h"
#include LK_SELF
#pragma clang attribute pop
#undef LK_VARIANT
#undef LK_VARIANT_IS_AVX2

#define LK_VARIANT avx512
#define LK_VARIANT_IS_AVX512 1
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq"))), apply_to = function)
#include "lanes.h"
#include LK_SELF
#pragma clang attribute pop
#undef LK_VARIANT
#undef LK_VARIANT_IS_AVX512
#endif
