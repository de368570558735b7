#pragma once

// Encoders of weight rows, one body a block format compiled for several instruction sets.
//
// The lanes of a vector are different blocks: each lane goes through the float32 steps of the scalar algorithm in their
// order, so that every variant gives the same bits and a block's bits do not depend on those beside it.

#include <stddef.h>
#include <stdint.h>

/// Rows to be encoded, one behind the other, and how much each of their columns matters.
typedef struct {
    /// [rows, columns]; a row is a whole number of blocks.
    const float *values;
    size_t rows;
    size_t columns;
    /// [columns], the mean square of what a column is multiplied with; null where all matter alike.
    const float *importance;
    /// The encoded rows, one behind the other.
    uint8_t *bytes;
} lk_encoding;

/// Encodes rows.
typedef void (*lk_encode)(const lk_encoding *rows);

/// The encoder of one block format, by variant.
typedef struct {
    const char *name;
    /// The ggml type number.
    uint32_t format;
    lk_encode encode[3];
} lk_encoder;

/// The formats that are written: number `index`, null behind the last.
const lk_encoder *lk_encoder_at(size_t index);
/// The encoder of a format for one variant; null where it is not compiled.
lk_encode lk_encode_of(const lk_encoder *encoder, int variant);
