// Sixteen float32 lanes and what is done with them, for the variant being compiled. Included once a variant.

#ifndef LK_LANES_TYPES
#define LK_LANES_TYPES
// Vectors wider than the target's registers never cross a call that stays a call, so the ABI is not at stake.
#pragma clang diagnostic ignored "-Wpsabi"
typedef float lk_lanes __attribute__((vector_size(64)));
typedef int32_t lk_bits __attribute__((vector_size(64)));
typedef uint32_t lk_words __attribute__((vector_size(64)));
typedef float lk_lanes8 __attribute__((vector_size(32)));
typedef float lk_lanes4 __attribute__((vector_size(16)));
typedef uint8_t lk_bytes16 __attribute__((vector_size(16)));
typedef int8_t lk_signed16 __attribute__((vector_size(16)));
typedef uint8_t lk_bytes32 __attribute__((vector_size(32)));
typedef int8_t lk_signed8 __attribute__((vector_size(8)));
typedef uint16_t lk_halves16 __attribute__((vector_size(32)));
#define LK_LANES 16
#endif

LK_INLINE lk_lanes LK(splat)(float x) {
    return (lk_lanes){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

LK_INLINE lk_lanes LK(read)(const float *p) {
    lk_lanes v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

LK_INLINE void LK(write)(float *p, lk_lanes v) { __builtin_memcpy(p, &v, sizeof v); }

/// Asks for memory that lies `ahead` bytes on; it need not exist.
LK_INLINE void LK(prefetch)(const void *p, ptrdiff_t ahead) {
    __builtin_prefetch((const void *)((uintptr_t)p + (uintptr_t)ahead));
}

/// The lanes from `first` up to `end` from memory, the others zero; lane `first` lies at p.
LK_INLINE lk_lanes LK(read_between)(const float *p, size_t first, size_t end) {
#if defined(LK_VARIANT_IS_AVX512)
    const uintptr_t zeroth = (uintptr_t)p - first * sizeof(float);
    return (lk_lanes)_mm512_maskz_loadu_ps((__mmask16)((1u << end) - (1u << first)), (const void *)zeroth);
#else
    float lanes[LK_LANES] = {0};
    __builtin_memcpy(lanes + first, p, (end - first) * sizeof(float));
    return LK(read)(lanes);
#endif
}

/// Writes the lanes from `first` up to `end`, the first of them to p.
LK_INLINE void LK(write_between)(float *p, lk_lanes v, size_t first, size_t end) {
#if defined(LK_VARIANT_IS_AVX512)
    const uintptr_t zeroth = (uintptr_t)p - first * sizeof(float);
    _mm512_mask_storeu_ps((void *)zeroth, (__mmask16)((1u << end) - (1u << first)), (__m512)v);
#else
    float lanes[LK_LANES];
    LK(write)(lanes, v);
    __builtin_memcpy(p, lanes + first, (end - first) * sizeof(float));
#endif
}

/// The first `count` lanes from memory, the others zero.
LK_INLINE lk_lanes LK(read_some)(const float *p, size_t count) { return LK(read_between)(p, 0, count); }

LK_INLINE void LK(write_some)(float *p, lk_lanes v, size_t count) { LK(write_between)(p, v, 0, count); }

LK_INLINE lk_lanes LK(fma)(lk_lanes a, lk_lanes b, lk_lanes c) { return __builtin_elementwise_fma(a, b, c); }

/// a · b + c where the product is exact, so that fusing changes no bit: without an instruction for it, the slow way is spared.
LK_INLINE lk_lanes LK(add_exact)(lk_lanes a, lk_lanes b, lk_lanes c) {
#if defined(LK_VARIANT_IS_PORTABLE)
    return a * b + c;
#else
    return LK(fma)(a, b, c);
#endif
}

/// Lanes of a where the mask is all ones, of b where it is zero.
LK_INLINE lk_lanes LK(select)(lk_bits mask, lk_lanes a, lk_lanes b) {
    return (lk_lanes)(((lk_bits)a & mask) | ((lk_bits)b & ~mask));
}

/// All ones in the lanes from `first` up to `end`.
LK_INLINE lk_bits LK(between)(size_t first, size_t end) {
    const lk_bits index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return (index >= (int32_t)first) & (index < (int32_t)end);
}

/// The fixed tree: i and i + 8, i and i + 4, i and i + 2, i and i + 1.
LK_INLINE float LK(fold)(lk_lanes v) {
    lk_lanes8 a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)
                + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    lk_lanes4 b = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

/// b's lanes where the mask has a bit, a's elsewhere.
LK_INLINE lk_lanes LK(blend)(const int mask, lk_lanes a, lk_lanes b) {
#if defined(LK_VARIANT_IS_AVX512)
    // Of an intrinsic compilers make a shuffle, for which the processor has one unit instead of two.
    __asm__("vblendmps %2, %1, %0 %{%3%}" : "=v"(a) : "v"(a), "v"(b), "Yk"((__mmask16)mask));
    return a;
#else
    const lk_bits place = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};
    return LK(select)((place & mask) != 0, b, a);
#endif
}

// The tree's levels over two vectors at once: what is added lies crosswise in the upper places, so that one of the two is a blend.
/// Halves: a's in the lower half, b's in the upper.
LK_INLINE lk_lanes LK(fold_halves)(lk_lanes a, lk_lanes b) {
    return LK(blend)(0xff00, a, b)
         + __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
}

/// Quarters of both halves: a's and b's by turns.
LK_INLINE lk_lanes LK(fold_quarters)(lk_lanes a, lk_lanes b) {
    return LK(blend)(0xf0f0, a, b)
         + __builtin_shufflevector(a, b, 4, 5, 6, 7, 16, 17, 18, 19, 12, 13, 14, 15, 24, 25, 26, 27);
}

/// Pairs of each quarter: a's, then b's.
LK_INLINE lk_lanes LK(fold_pairs)(lk_lanes a, lk_lanes b) {
    return LK(blend)(0xcccc, a, b)
         + __builtin_shufflevector(a, b, 2, 3, 16, 17, 6, 7, 20, 21, 10, 11, 24, 25, 14, 15, 28, 29);
}

/// Neighbours of each quarter: a's two, then b's.
LK_INLINE lk_lanes LK(fold_neighbours)(lk_lanes a, lk_lanes b) {
    return __builtin_shufflevector(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30)
         + __builtin_shufflevector(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
}

/// The same tree over four vectors at once.
LK_INLINE lk_lanes4 LK(fold_four)(lk_lanes a, lk_lanes b, lk_lanes c, lk_lanes d) {
    lk_lanes all = LK(fold_quarters)(LK(fold_halves)(a, c), LK(fold_halves)(b, d));
    all += __builtin_shufflevector(all, all, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    all += __builtin_shufflevector(all, all, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    return __builtin_shufflevector(all, all, 0, 4, 8, 12);
}

/// The same tree over two times four: the first four's sums in the lower quarter, then the other four's.
LK_INLINE lk_lanes8 LK(fold_eight)(const lk_lanes *a, const lk_lanes *b) {
    lk_lanes both[4];
    LK_UNROLL for (int i = 0; i < 4; i++) both[i] = LK(fold_halves)(a[i], b[i]);
    const lk_lanes all =
        LK(fold_pairs)(LK(fold_quarters)(both[0], both[1]), LK(fold_quarters)(both[2], both[3]));
    const lk_lanes sums =
        all + __builtin_shufflevector(all, all, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    return __builtin_shufflevector(sums, sums, 0, 4, 2, 6, 8, 12, 10, 14);
}

/// The same tree over four times four, one four behind the other.
LK_INLINE lk_lanes LK(fold_sixteen)(const lk_lanes *a, const lk_lanes *b, const lk_lanes *c, const lk_lanes *d) {
    lk_lanes all[4];
    LK_UNROLL for (int i = 0; i < 4; i++)
        all[i] = LK(fold_quarters)(LK(fold_halves)(a[i], c[i]), LK(fold_halves)(b[i], d[i]));
    return LK(fold_neighbours)(LK(fold_pairs)(all[0], all[1]), LK(fold_pairs)(all[2], all[3]));
}

/// float32 of sixteen bfloat16: the upper half of its bits.
LK_INLINE lk_lanes LK(from_bfloat)(lk_halves16 h) {
    return (lk_lanes)(__builtin_convertvector(h, lk_words) << 16);
}

/// float32 of sixteen IEEE half-precision numbers.
LK_INLINE lk_lanes LK(from_half)(lk_halves16 h) {
#if defined(LK_VARIANT_IS_AVX512)
    return (lk_lanes)_mm512_cvtph_ps((__m256i)h);
#elif defined(LK_VARIANT_IS_AVX2)
    lk_lanes8 low = (lk_lanes8)_mm256_cvtph_ps(_mm256_castsi256_si128((__m256i)h));
    lk_lanes8 high = (lk_lanes8)_mm256_cvtph_ps(_mm256_extracti128_si256((__m256i)h, 1));
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
    lk_words wide = __builtin_convertvector(h, lk_words);
    lk_words magnitude = (wide & 0x7fff) << 13;
    // Multiplying by 2¹¹² moves the exponent's bias and makes subnormals normal, exactly.
    lk_lanes finite = (lk_lanes)magnitude * LK(splat)(0x1p112f);
    lk_words quiet = (lk_words)((magnitude & 0x7fffff) != 0) & 0x00400000;
    lk_lanes special = (lk_lanes)(magnitude | 0x7f800000 | quiet);
    lk_bits is_special = (lk_bits)(magnitude >= 0x0f800000);
    return (lk_lanes)((lk_words)LK(select)(is_special, special, finite) | ((wide & 0x8000) << 16));
#endif
}

/// One IEEE half-precision number at an address of any alignment.
LK_INLINE float LK(half)(const uint8_t *p) {
    uint16_t h;
    __builtin_memcpy(&h, p, sizeof h);
#if defined(LK_VARIANT_IS_PORTABLE)
    uint32_t magnitude = (uint32_t)(h & 0x7fff) << 13, bits = magnitude | 0x7f800000;
    float value;
    __builtin_memcpy(&value, &magnitude, sizeof value);
    value *= 0x1p112f;
    if (magnitude < 0x0f800000) __builtin_memcpy(&bits, &value, sizeof bits);
    else if (magnitude & 0x7fffff) bits |= 0x00400000;
    bits |= (uint32_t)(h & 0x8000) << 16;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
#else
    return _cvtsh_ss(h);
#endif
}

/// The same in every lane.
LK_INLINE lk_lanes LK(half_at)(const uint8_t *p) {
#if defined(LK_VARIANT_IS_PORTABLE)
    return LK(splat)(LK(half)(p));
#else
    uint16_t h;
    __builtin_memcpy(&h, p, sizeof h);
#if defined(LK_VARIANT_IS_AVX512)
    return (lk_lanes)_mm512_cvtph_ps(_mm256_set1_epi16((short)h));
#else
    const lk_lanes8 eight = (lk_lanes8)_mm256_cvtph_ps(_mm_set1_epi16((short)h));
    return __builtin_shufflevector(eight, eight, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
#endif
#endif
}

/// Two neighbouring IEEE half-precision numbers, each in every lane.
LK_INLINE void LK(two_halves_at)(const uint8_t *p, lk_lanes *first, lk_lanes *second) {
#if defined(LK_VARIANT_IS_AVX512)
    int32_t both;
    __builtin_memcpy(&both, p, sizeof both);
    const __m512 pairs = _mm512_cvtph_ps(_mm256_set1_epi32(both));
    *first = (lk_lanes)_mm512_moveldup_ps(pairs);
    *second = (lk_lanes)_mm512_movehdup_ps(pairs);
#else
    *first = LK(half_at)(p);
    *second = LK(half_at)(p + 2);
#endif
}
