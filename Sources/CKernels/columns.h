// Bytes of sixteen rows turned to groups of four columns, for the variant being compiled; the quick ways are AVX-512's.

#if defined(LK_VARIANT_IS_AVX512)
/// Sixteen bytes of each of sixteen rows, `stride` bytes apart: vector k holds bytes 4k to 4k + 3 of every row.
LK_INLINE void LK(four_columns)(const uint8_t *p, ptrdiff_t stride, __m512i *out) {
    __m512i rows[4];
    // Lane q of vector i takes row 4q + i, so that two rounds of unpacking leave the rows in order.
    LK_UNROLL for (int i = 0; i < 4; i++) {
        rows[i] = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i_u *)(p + i * stride)));
        LK_UNROLL for (int q = 1; q < 4; q++)
            rows[i] = _mm512_mask_broadcast_i32x4(
                rows[i], (__mmask16)(15 << (4 * q)), _mm_loadu_si128((const __m128i_u *)(p + (4 * q + i) * stride)));
    }
    const __m512i a = _mm512_unpacklo_epi32(rows[0], rows[1]), b = _mm512_unpacklo_epi32(rows[2], rows[3]);
    const __m512i c = _mm512_unpackhi_epi32(rows[0], rows[1]), d = _mm512_unpackhi_epi32(rows[2], rows[3]);
    out[0] = _mm512_unpacklo_epi64(a, b);
    out[1] = _mm512_unpackhi_epi64(a, b);
    out[2] = _mm512_unpacklo_epi64(c, d);
    out[3] = _mm512_unpackhi_epi64(c, d);
}

/// Four bytes of each of sixteen rows, which lie within 2³¹ bytes.
LK_INLINE __m512i LK(one_word)(const uint8_t *p, ptrdiff_t stride) {
    const __m512i row = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm512_i32gather_epi32(_mm512_mullo_epi32(row, _mm512_set1_epi32((int)stride)), p, 1);
}

/// float32 of the half-precision numbers in the lower halves of sixteen words.
LK_INLINE lk_lanes LK(low_halves)(__m512i words) { return (lk_lanes)_mm512_cvtph_ps(_mm512_cvtepi32_epi16(words)); }

/// Sixteen rows of 32 codes of four bits in ggml's order, each code its entry (128 too large).
LK_INLINE void LK(quick_nibbles)(const uint8_t *p, ptrdiff_t stride, lk_bytes16 entries, uint8_t *codes) {
    const __m512i table = _mm512_broadcast_i32x4((__m128i)entries), low = _mm512_set1_epi8(15);
    __m512i columns[4];
    LK(four_columns)(p, stride, columns);
    LK_UNROLL for (int k = 0; k < 4; k++) {
        _mm512_storeu_si512(codes + 64 * k, _mm512_shuffle_epi8(table, _mm512_and_si512(columns[k], low)));
        _mm512_storeu_si512(
            codes + 256 + 64 * k,
            _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(columns[k], 4), low)));
    }
}

/// As `quick_nibbles` where byte j holds the codes of columns 2j and 2j + 1.
LK_INLINE void LK(quick_pairs)(const uint8_t *p, ptrdiff_t stride, lk_bytes16 entries, uint8_t *codes) {
    const __m512i table = _mm512_broadcast_i32x4((__m128i)entries), low = _mm512_set1_epi16(0x000f);
    const __m512i first = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 1, 1, 4, 4, 5, 5, 8, 8, 9, 9, 12, 12, 13, 13));
    const __m512i second = _mm512_add_epi8(first, _mm512_set1_epi8(2));
    __m512i columns[4];
    LK(four_columns)(p, stride, columns);
    LK_UNROLL for (int k = 0; k < 4; k++) {
        LK_UNROLL for (int n = 0; n < 2; n++) {
            const __m512i twice = _mm512_shuffle_epi8(columns[k], n ? second : first);
            const __m512i high = _mm512_and_si512(_mm512_srli_epi16(twice, 4), _mm512_set1_epi16(0x0f00));
            _mm512_storeu_si512(
                codes + 128 * k + 64 * n,
                _mm512_shuffle_epi8(table, _mm512_or_si512(_mm512_and_si512(twice, low), high)));
        }
    }
}

/// As `quick_nibbles` for codes of five bits, whose fifth bits are four bytes at `fifth`; `shift` is added to each code.
LK_INLINE void LK(quick_fives)(
    const uint8_t *p, const uint8_t *fifth, ptrdiff_t stride, int shift, uint8_t *codes) {
    const __m512i low = _mm512_set1_epi8(15), bits = LK(one_word)(fifth, stride);
    const __m512i places = _mm512_set1_epi32((int)0x08040201), base = _mm512_set1_epi8((char)(128 + shift));
    const __m512i upper = _mm512_set1_epi8((char)(144 + shift));
    __m512i columns[4];
    LK(four_columns)(p, stride, columns);
    LK_UNROLL for (int k = 0; k < 8; k++) {
        const __m512i four = _mm512_and_si512(k < 4 ? columns[k] : _mm512_srli_epi16(columns[k - 4], 4), low);
        // Byte k / 2 of each row's bits to its four bytes, then the bit of each.
        const char j = (char)(k / 2);
        const __m512i spread = _mm512_shuffle_epi8(bits, _mm512_broadcast_i32x4(_mm_setr_epi8(
            j, j, j, j, 4 + j, 4 + j, 4 + j, 4 + j, 8 + j, 8 + j, 8 + j, 8 + j, 12 + j, 12 + j, 12 + j, 12 + j)));
        const __mmask64 set = _mm512_test_epi8_mask(spread, k % 2 ? _mm512_slli_epi32(places, 4) : places);
        _mm512_storeu_si512(codes + 64 * k, _mm512_add_epi8(four, _mm512_mask_blend_epi8(set, base, upper)));
    }
}
#endif

/// 32 codes of sixteen rows, `stride` bytes apart, become groups of four columns; 128 is added to each.
LK_INLINE void LK(interleave)(const int8_t *codes, size_t stride, uint8_t *out) {
#if defined(LK_VARIANT_IS_AVX512)
    LK_UNROLL for (int half = 0; half < 2; half++) {
        __m512i columns[4];
        LK(four_columns)((const uint8_t *)codes + 16 * half, (ptrdiff_t)stride, columns);
        LK_UNROLL for (int k = 0; k < 4; k++)
            _mm512_storeu_si512(
                out + 256 * half + 64 * k, _mm512_xor_si512(columns[k], _mm512_set1_epi8((char)0x80)));
    }
#else
    for (int row = 0; row < lk_panel_rows; row++) {
        LK_UNROLL for (int k = 0; k < 8; k++) {
            uint32_t four;
            __builtin_memcpy(&four, codes + (size_t)row * stride + 4 * k, sizeof four);
            four ^= 0x80808080;
            __builtin_memcpy(out + 64 * k + 4 * row, &four, sizeof four);
        }
    }
#endif
}
