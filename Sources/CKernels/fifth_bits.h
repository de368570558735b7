// Codes of five bits, four of each two a byte and the fifth bits together in one word, for the variant being compiled.

#if defined(LK_VARIANT_IS_AVX512)
/// The entries that 32 codes choose: `low` those of codes below 16, `high` the others.
LK_INLINE void LK(five_bits)(const uint8_t *bytes, const uint8_t *fifth, lk_lanes low, lk_lanes high, lk_lanes *out) {
    const __m512i wide = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i_u *)bytes));
    uint16_t masks[2];
    __builtin_memcpy(masks, fifth, sizeof masks);
    // A look-up in two tables minds five bits of an index, of which the fifth is set or cleared here.
    const __m512i sixteen = _mm512_set1_epi32(16), first = _mm512_and_si512(wide, _mm512_set1_epi32(15));
    const __m512i second = _mm512_srli_epi32(wide, 4);
    out[0] = (lk_lanes)_mm512_permutex2var_ps(
        (__m512)low, _mm512_mask_or_epi32(first, masks[0], first, sixteen), (__m512)high);
    out[1] = (lk_lanes)_mm512_permutex2var_ps(
        (__m512)low, _mm512_mask_or_epi32(second, masks[1], second, sixteen), (__m512)high);
}
#else
/// 32 codes, a byte each.
LK_INLINE lk_bytes32 LK(five_bits)(const uint8_t *bytes, const uint8_t *fifth) {
    typedef uint32_t words8 __attribute__((vector_size(32)));
    const lk_bytes32 places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
                               1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint32_t bits;
    lk_bytes16 four;
    __builtin_memcpy(&bits, fifth, sizeof bits);
    __builtin_memcpy(&four, bytes, sizeof four);
    const lk_bytes32 word = (lk_bytes32)((words8){0} + bits);
    const lk_bytes32 spread = __builtin_shufflevector(
        word, word, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19,
        19, 19, 19);
    const lk_bytes32 codes = __builtin_shufflevector(
        four & 15, four >> 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 31);
    return codes | ((lk_bytes32)((spread & places) != 0) & 16);
}

/// float32 of the first or last sixteen of 32 signed bytes.
LK_INLINE lk_lanes LK(sixteen_of)(lk_bytes32 bytes, int half) {
    const lk_signed16 low = (lk_signed16)__builtin_shufflevector(
        bytes, bytes, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const lk_signed16 high = (lk_signed16)__builtin_shufflevector(
        bytes, bytes, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    return __builtin_convertvector(__builtin_convertvector(half ? high : low, lk_bits), lk_lanes);
}
#endif
