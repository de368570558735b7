// SHA-256 by plain C and by the processor's own instructions, and which ways there are.
#include "ckernels.h"
#include "sha256.h"

static void take_portably(uint32_t *kept, const uint8_t *data, size_t blocks) {
    uint32_t state[8], w[16];
    for (size_t block = 0; block < blocks; block++, data += lk_sha256_block) {
        for (int i = 0; i < 8; i++) state[i] = kept[i];
        for (int i = 0; i < 16; i++) {
            const uint8_t *p = data + 4 * i;
            w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        }
#pragma clang loop unroll_count(16)
        for (int t = 0; t < 64; t++) LK_SHA256_ROUND(state, w, t);
        for (int i = 0; i < 8; i++) kept[i] += state[i];
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define LK_EACH _Pragma("clang loop unroll(full)") for (int s = 0; s < streams; s++)

/// One stream, or two at once since each instruction waits several cycles for the one before it. Intel's order of the
/// state: words f e b a from the lowest lane in one register, h g d c in the other.
__attribute__((target("sha,sse4.1"), always_inline)) static inline void take_by_instructions(
    const int streams, uint32_t (*states)[8], const uint8_t *const *data, size_t blocks) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i high[2], low[2];
    LK_EACH {
        const __m128i first = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)states[s]), 0xb1);
        const __m128i second = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(states[s] + 4)), 0x1b);
        high[s] = _mm_alignr_epi8(first, second, 8);
        low[s] = _mm_blend_epi16(second, first, 0xf0);
    }
    for (size_t block = 0; block < blocks; block++) {
        __m128i w[2][4], high_before[2], low_before[2];
        LK_EACH {
            const __m128i *at = (const __m128i *)(data[s] + block * lk_sha256_block);
            high_before[s] = high[s];
            low_before[s] = low[s];
            for (int i = 0; i < 4; i++) w[s][i] = _mm_shuffle_epi8(_mm_loadu_si128(at + i), swap);
        }
        _Pragma("clang loop unroll(full)") for (int t = 0; t < 16; t++) {
            const __m128i constants = _mm_loadu_si128((const __m128i *)(lk_sha256_constants + 4 * t));
            LK_EACH {
                const __m128i sum = _mm_add_epi32(w[s][t & 3], constants);
                low[s] = _mm_sha256rnds2_epu32(low[s], high[s], sum);
                high[s] = _mm_sha256rnds2_epu32(high[s], low[s], _mm_shuffle_epi32(sum, 0x0e));
                if (t < 12) {
                    const __m128i part = _mm_sha256msg1_epu32(w[s][t & 3], w[s][(t + 1) & 3]);
                    const __m128i ninth = _mm_alignr_epi8(w[s][(t + 3) & 3], w[s][(t + 2) & 3], 4);
                    w[s][t & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(part, ninth), w[s][(t + 3) & 3]);
                }
            }
        }
        LK_EACH {
            high[s] = _mm_add_epi32(high[s], high_before[s]);
            low[s] = _mm_add_epi32(low[s], low_before[s]);
        }
    }
    LK_EACH {
        const __m128i first = _mm_shuffle_epi32(high[s], 0x1b), second = _mm_shuffle_epi32(low[s], 0xb1);
        _mm_storeu_si128((__m128i *)states[s], _mm_blend_epi16(first, second, 0xf0));
        _mm_storeu_si128((__m128i *)(states[s] + 4), _mm_alignr_epi8(second, first, 8));
    }
}

__attribute__((target("sha,sse4.1"))) static void take_up_to_two(
    uint32_t (*states)[8], const uint8_t *const *data, size_t streams, size_t blocks) {
    if (streams == 1) {
        take_by_instructions(1, states, data, blocks);
    } else {
        take_by_instructions(2, states, data, blocks);
    }
}

void lk_sha256_take_avx2(uint32_t (*states)[8], const uint8_t *const *data, size_t streams, size_t blocks);
void lk_sha256_take_avx512(uint32_t (*states)[8], const uint8_t *const *data, size_t streams, size_t blocks);
#endif

int lk_sha256_supports(int way) {
    switch (way) {
        case lk_sha256_portable: return 1;
#if defined(__x86_64__)
        case lk_sha256_instructions: return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1");
        case lk_sha256_avx2: return lk_supports(lk_avx2);
        case lk_sha256_avx512: return lk_supports(lk_avx512);
#endif
        default: return 0;
    }
}

size_t lk_sha256_width(int way) {
    static const size_t widths[lk_sha256_way_count] = {1, 2, 8, 16};
    return widths[way];
}

void lk_sha256_take(int way, uint32_t (*states)[8], const uint8_t *const *data, size_t streams, size_t blocks) {
    const size_t width = lk_sha256_width(way);
    for (size_t s = 0; s < streams; s += width) {
        const size_t count = streams - s < width ? streams - s : width;
        switch (way) {
#if defined(__x86_64__)
            case lk_sha256_instructions: take_up_to_two(states + s, data + s, count, blocks); break;
            case lk_sha256_avx2: lk_sha256_take_avx2(states + s, data + s, count, blocks); break;
            case lk_sha256_avx512: lk_sha256_take_avx512(states + s, data + s, count, blocks); break;
#endif
            default: take_portably(states[s], data[s], blocks);
        }
    }
}
