// The twelve bytes of eight six-bit scales and offsets that Q4_K and Q5_K share, for the variant being compiled.

LK_INLINE void LK(put_sixes)(const lk_lanes *scales, const lk_lanes *leasts, uint8_t *out, size_t stride) {
    lk_bits bytes[12];
    for (int j = 0; j < 4; j++) {
        const lk_bits s = LK(whole)(scales[j]), s4 = LK(whole)(scales[j + 4]);
        const lk_bits m = LK(whole)(leasts[j]), m4 = LK(whole)(leasts[j + 4]);
        bytes[j] = s | ((s4 >> 4) << 6);
        bytes[j + 4] = m | ((m4 >> 4) << 6);
        bytes[j + 8] = (s4 & 15) | ((m4 & 15) << 4);
    }
    LK(put)(bytes, 12, out, stride);
}

/// 128 bytes: of each 64 codes, the low four bits of the first 32 in the low halves and of the others in the high halves.
LK_INLINE void LK(put_halves)(const lk_lanes *codes, uint8_t *out, size_t stride) {
    for (int c = 0; c < 8; c++) {
        lk_bits bytes[16];
        for (int i = 0; i < 16; i++) {
            const int k = c / 2 * 64 + c % 2 * 16 + i;
            bytes[i] = (LK(whole)(codes[k]) & 15) | ((LK(whole)(codes[k + 32]) & 15) << 4);
        }
        LK(put)(bytes, 16, out + 16 * c, stride);
    }
}
