// The sixteen E2M1 values under an E8M0 scale: weight = 2^(e − 127) · value, for the variant being compiled.

LK_INLINE lk_lanes LK(scaled_values)(uint8_t e) {
    // Twice each value, so that half the scale, 2^(e − 128), serves; ggml gives minus zero as zero.
    const lk_lanes doubled = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    const uint32_t bits = e < 2 ? UINT32_C(0x00200000) << e : (uint32_t)(e - 1) << 23;
    float half;
    __builtin_memcpy(&half, &bits, sizeof half);
    return doubled * LK(splat)(half);
}
