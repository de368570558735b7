// The encoder of one block format. Before including this, a file defines for the variant being compiled
//   LK_ENCODER_NAME           as in encoders.def
//   LK_LENGTH, LK_BYTES       elements a block holds, and the bytes it takes
//   LK(encode_group)(group, out)   which encodes sixteen blocks; that of lane l begins at out + l · LK_BYTES

#define LK_NAMED3(name, layout, variant) lk_##name##_##layout##_##variant
#define LK_NAMED2(name, layout, variant) LK_NAMED3(name, layout, variant)
#define LK_NAMED(name) LK_NAMED2(name, LK_ENCODER_NAME, LK_VARIANT)

void LK_NAMED(encode)(const lk_encoding *e) {
    const size_t row_blocks = e->columns / LK_LENGTH, blocks = e->rows * row_blocks;
#if defined(LK_NEEDS_ROW_MEAN_SQUARE)
    lk_lanes mean_squares = LK(splat)(0);
    size_t known = 0;
#endif
    for (size_t first = 0; first < blocks; first += LK_LANES) {
        lk_group group = {.weighted = e->importance != 0};
        const size_t count = blocks - first < LK_LANES ? blocks - first : LK_LANES;
        for (size_t l = 0; l < LK_LANES; l++) {
            // Lanes without a block of their own repeat the first.
            const size_t block = first + (l < count ? l : 0), column = block % row_blocks * LK_LENGTH;
            group.values[l] = e->values + block * LK_LENGTH;
            group.importance[l] = group.weighted ? e->importance + column : 0;
#if defined(LK_NEEDS_ROW_MEAN_SQUARE)
            const size_t row = block / row_blocks;
            if (group.weighted && row == known) {
                const size_t rest = e->rows - row < LK_LANES ? e->rows - row : LK_LANES;
                mean_squares = LK(mean_squares)(e->values + row * e->columns, rest, e->columns);
                known += LK_LANES;
            }
            group.row_mean_square[l] = mean_squares[row % LK_LANES];
#endif
        }
        if (count == LK_LANES) {
            LK(encode_group)(&group, e->bytes + first * LK_BYTES);
        } else {
            uint8_t out[LK_LANES * LK_BYTES];
            LK(encode_group)(&group, out);
            __builtin_memcpy(e->bytes + first * LK_BYTES, out, count * LK_BYTES);
        }
    }
}

#undef LK_ENCODER_NAME
#undef LK_LENGTH
#undef LK_BYTES
#undef LK_NAMED
#undef LK_NAMED2
#undef LK_NAMED3
