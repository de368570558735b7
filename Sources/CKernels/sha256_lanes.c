#ifndef LK_VARIANT
// SHA-256 with a stream in each lane: eight in AVX2's registers, sixteen in AVX-512's.
#define LK_SELF "sha256_lanes.c"
#include "sha256.h"
#include "variants.h"
#elif !defined(LK_VARIANT_IS_PORTABLE)

#if defined(LK_VARIANT_IS_AVX512)
#define LK_STREAMS 16
#define LK_LOW_WEAVE 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define LK_HIGH_WEAVE 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define LK_ROUNDS 4
#else
#define LK_STREAMS 8
#define LK_LOW_WEAVE 0, 8, 1, 9, 2, 10, 3, 11
#define LK_HIGH_WEAVE 4, 12, 5, 13, 6, 14, 7, 15
#define LK_ROUNDS 3
#endif
/// One word of every stream.
typedef uint32_t LK(stream_words) __attribute__((vector_size(4 * LK_STREAMS)));

/// The word of another byte order in each lane.
LK_INLINE LK(stream_words) LK(swapped)(LK(stream_words) x) {
    return (x >> 24) | ((x >> 8) & 0xff00) | ((x << 8) & 0xff0000) | (x << 24);
}

/// The next block of every stream: word i of all of them to w[i].
LK_INLINE void LK(stream_blocks)(const uint8_t *const *data, size_t at, LK(stream_words) *w) {
    LK_UNROLL for (int part = 0; part < 16; part += LK_STREAMS) {
        LK(stream_words) v[LK_STREAMS], woven[LK_STREAMS];
        LK_UNROLL for (int s = 0; s < LK_STREAMS; s++) {
            __builtin_memcpy(&v[s], data[s] + at + 4 * part, sizeof v[s]);
            __builtin_prefetch((const void *)((uintptr_t)data[s] + at + 256));
        }
        // Rounds of weaving the first half of the rows with the second turn the square.
        LK_UNROLL for (int round = 0; round < LK_ROUNDS; round++) {
            LK_UNROLL for (int i = 0; i < LK_STREAMS / 2; i++) {
                woven[2 * i] = __builtin_shufflevector(v[i], v[i + LK_STREAMS / 2], LK_LOW_WEAVE);
                woven[2 * i + 1] = __builtin_shufflevector(v[i], v[i + LK_STREAMS / 2], LK_HIGH_WEAVE);
            }
            LK_UNROLL for (int i = 0; i < LK_STREAMS; i++) v[i] = woven[i];
        }
        LK_UNROLL for (int i = 0; i < LK_STREAMS; i++) w[part + i] = LK(swapped)(v[i]);
    }
}

void LK(sha256_take)(uint32_t (*states)[8], const uint8_t *const *data, size_t streams, size_t blocks) {
    const uint8_t *every[LK_STREAMS];
    LK(stream_words) state[8];
    for (size_t s = 0; s < LK_STREAMS; s++) {
        // Lanes without a stream of their own repeat the first.
        const size_t stream = s < streams ? s : 0;
        every[s] = data[stream];
        for (int i = 0; i < 8; i++) state[i][s] = states[stream][i];
    }
    for (size_t block = 0; block < blocks; block++) {
        LK(stream_words) w[16], before[8];
        LK(stream_blocks)(every, block * lk_sha256_block, w);
        LK_UNROLL for (int i = 0; i < 8; i++) before[i] = state[i];
        LK_UNROLL for (int t = 0; t < 64; t++) LK_SHA256_ROUND(state, w, t);
        LK_UNROLL for (int i = 0; i < 8; i++) state[i] += before[i];
    }
    for (size_t s = 0; s < LK_STREAMS && s < streams; s++) {
        for (int i = 0; i < 8; i++) states[s][i] = state[i][s];
    }
}

#undef LK_STREAMS
#undef LK_LOW_WEAVE
#undef LK_HIGH_WEAVE
#undef LK_ROUNDS
#endif
