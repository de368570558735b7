#pragma once

// How a cache keeps keys and values: a head's channels to bytes and back, every variant to the same bits.

#include <stddef.h>
#include <stdint.h>

/// Takes a head's numbers in.
typedef void (*lk_cache_encode)(const float *x, size_t count, uint8_t *bytes);
/// Gives them out again.
typedef void (*lk_cache_decode)(const uint8_t *bytes, size_t count, float *y);

/// One way to keep numbers.
typedef struct {
    const char *name;
    /// Numbers a block holds, and the bytes it takes; the last block of a head may hold fewer and takes as many bytes.
    size_t block_length;
    size_t block_bytes;
    lk_cache_encode encode[3];
    lk_cache_decode decode[3];
} lk_cache_codec;

/// The ways there are: number `index`, null behind the last.
const lk_cache_codec *lk_cache_codec_at(size_t index);
/// The kernels of one variant; null where it is not compiled.
lk_cache_encode lk_cache_encode_of(const lk_cache_codec *codec, int variant);
lk_cache_decode lk_cache_decode_of(const lk_cache_codec *codec, int variant);
