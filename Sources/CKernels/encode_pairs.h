// 256 codes of two bits, for the variant being compiled: of each 128, byte l holds codes l, l + 32, l + 64 and l + 96.

LK_INLINE void LK(put_pairs)(const lk_bits *codes, uint8_t *out, size_t stride) {
    for (int c = 0; c < 4; c++) {
        lk_bits bytes[16];
        for (int i = 0; i < 16; i++) {
            const int k = c / 2 * 128 + c % 2 * 16 + i;
            bytes[i] = codes[k] | (codes[k + 32] << 2) | (codes[k + 64] << 4) | (codes[k + 96] << 6);
        }
        LK(put)(bytes, 16, out + 16 * c, stride);
    }
}
