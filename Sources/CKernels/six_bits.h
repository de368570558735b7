// Eight scales and eight minima of six bits in twelve bytes, as Q4_K and Q5_K pack them.
//   bytes 0..3   scale j, above it the upper two bits of scale j + 4
//   bytes 4..7   minimum j, above it the upper two bits of minimum j + 4
//   bytes 8..11  the lower four bits of scale j + 4, above them those of minimum j + 4

typedef uint8_t LK(bytes8) __attribute__((vector_size(8)));

/// steps[j] = d · scale j and leasts[j] = −(e · minimum j), where d and e are the halves before the twelve bytes.
LK_INLINE void LK(six_bits)(const uint8_t *block, float *steps, float *leasts) {
    const uint32_t first = LK(word)(block + 4), second = LK(word)(block + 8), third = LK(word)(block + 12);
    const uint32_t upper = 0x30303030, lower = 0x0f0f0f0f, all = 0x3f3f3f3f;
    const uint64_t scales = (first & all) | (uint64_t)((third & lower) | (first >> 2 & upper)) << 32;
    const uint64_t minima = (second & all) | (uint64_t)((third >> 4 & lower) | (second >> 2 & upper)) << 32;
    LK(bytes8) bytes;
    __builtin_memcpy(&bytes, &scales, sizeof bytes);
    const lk_lanes8 s = __builtin_convertvector(bytes, lk_lanes8) * LK(half)(block);
    __builtin_memcpy(&bytes, &minima, sizeof bytes);
    const lk_lanes8 m = __builtin_convertvector(bytes, lk_lanes8) * -LK(half)(block + 2);
    __builtin_memcpy(steps, &s, sizeof s);
    __builtin_memcpy(leasts, &m, sizeof m);
}
