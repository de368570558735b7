#pragma once

// SHA-256 (FIPS 180-4) of several streams side by side: one stream is a chain in which every block waits for the one before,
// but streams wait for nobody.

#include <stddef.h>
#include <stdint.h>

/// How blocks are taken in: by plain C, by the processor's own instructions for it, or a stream in each lane of vectors.
enum { lk_sha256_portable, lk_sha256_instructions, lk_sha256_avx2, lk_sha256_avx512, lk_sha256_way_count };

enum { lk_sha256_block = 64 };

/// Whether this processor knows a way.
int lk_sha256_supports(int way);
/// Streams that a way takes side by side.
size_t lk_sha256_width(int way);
/// Takes in `blocks` whole blocks of each stream: those of stream s lie at data[s] and change states[s].
void lk_sha256_take(int way, uint32_t (*states)[8], const uint8_t *const *data, size_t streams, size_t blocks);
