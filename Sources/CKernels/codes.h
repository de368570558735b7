// Four-bit codes, two a byte: weight = scale · entries[code], for the variant being compiled.
//
// Scaling the sixteen entries first or each looked-up entry afterwards is the same product.

#if defined(LK_VARIANT_IS_AVX512)
/// The entries under the scale. A look-up minds only the low four bits of an index, so nothing needs masking.
LK_INLINE __m512 LK(entries)(lk_signed16 entries, lk_lanes scale) {
    return (__m512)(__builtin_convertvector(__builtin_convertvector(entries, lk_bits), lk_lanes) * scale);
}
#else
/// The entries that the low four bits of sixteen bytes choose.
LK_INLINE lk_lanes LK(chosen)(lk_bytes16 codes, lk_signed16 entries, lk_lanes scale) {
#if defined(LK_VARIANT_IS_AVX2)
    const lk_signed16 found = (lk_signed16)_mm_shuffle_epi8((__m128i)entries, (__m128i)codes);
#else
    lk_signed16 found;
    for (int i = 0; i < LK_LANES; i++) found[i] = entries[codes[i]];
#endif
    return __builtin_convertvector(__builtin_convertvector(found, lk_bits), lk_lanes) * scale;
}
#endif

/// ggml's order: byte j holds weight j in its low half and weight j + 16 in its high half.
LK_INLINE void LK(codes_apart)(const uint8_t *bytes, lk_signed16 entries, lk_lanes scale, lk_lanes *out) {
    lk_bytes16 codes;
    __builtin_memcpy(&codes, bytes, sizeof codes);
#if defined(LK_VARIANT_IS_AVX512)
    const __m512 table = LK(entries)(entries, scale);
    const __m512i wide = _mm512_cvtepu8_epi32((__m128i)codes);
    out[0] = (lk_lanes)_mm512_permutexvar_ps(wide, table);
    out[1] = (lk_lanes)_mm512_permutexvar_ps(_mm512_srli_epi32(wide, 4), table);
#else
    out[0] = LK(chosen)(codes & 15, entries, scale);
    out[1] = LK(chosen)(codes >> 4, entries, scale);
#endif
}

/// Hugging Face's order: byte j holds weight 2j in its low half and weight 2j + 1 in its high half.
LK_INLINE void LK(codes_paired)(const uint8_t *bytes, lk_signed16 entries, lk_lanes scale, lk_lanes *out) {
#if defined(LK_VARIANT_IS_AVX512)
    const __m512 table = LK(entries)(entries, scale);
    LK_UNROLL for (int g = 0; g < 2; g++) {
        // A byte in each 64-bit lane, and once more 28 bits up: its high half then begins the upper 32 bits.
        const __m512i wide = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i_u *)(bytes + 8 * g)));
        out[g] = (lk_lanes)_mm512_permutexvar_ps(_mm512_or_si512(wide, _mm512_slli_epi64(wide, 28)), table);
    }
#else
    lk_bytes16 codes;
    __builtin_memcpy(&codes, bytes, sizeof codes);
    const lk_bytes16 even = codes & 15, odd = codes >> 4;
    out[0] = LK(chosen)(
        __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), entries, scale);
    out[1] = LK(chosen)(
        __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), entries,
        scale);
#endif
}
