// What every way of taking SHA-256's blocks in needs.
#pragma once

#include "include/digests.h"

/// Round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
static const uint32_t lk_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#define LK_SHA256_TURN(x, n) (((x) >> (n)) | ((x) << (32 - (n))))

// FIPS 180-4, 4.1.2 and 6.2.2, over words or vectors of them: round t on state[(0 … 7) − t mod 8], with the schedule in a
// ring of sixteen words.
#define LK_SHA256_ROUND(state, w, t)                                                                                    \
    do {                                                                                                                \
        if ((t) >= 16) {                                                                                                \
            const __typeof__((w)[0]) early = (w)[((t) + 1) & 15], late = (w)[((t) + 14) & 15];                          \
            (w)[(t) & 15] += (w)[((t) + 9) & 15]                                                                        \
                + (LK_SHA256_TURN(early, 7) ^ LK_SHA256_TURN(early, 18) ^ (early >> 3))                                 \
                + (LK_SHA256_TURN(late, 17) ^ LK_SHA256_TURN(late, 19) ^ (late >> 10));                                 \
        }                                                                                                               \
        const __typeof__((w)[0]) a = (state)[(64 - (t)) & 7], b = (state)[(65 - (t)) & 7], c = (state)[(66 - (t)) & 7]; \
        const __typeof__((w)[0]) e = (state)[(68 - (t)) & 7], f = (state)[(69 - (t)) & 7], g = (state)[(70 - (t)) & 7]; \
        const __typeof__((w)[0]) first = (state)[(71 - (t)) & 7]                                                        \
            + (LK_SHA256_TURN(e, 6) ^ LK_SHA256_TURN(e, 11) ^ LK_SHA256_TURN(e, 25)) + ((e & f) ^ (~e & g))             \
            + lk_sha256_constants[t] + (w)[(t) & 15];                                                                   \
        (state)[(67 - (t)) & 7] += first;                                                                               \
        (state)[(71 - (t)) & 7] = first                                                                                 \
            + (LK_SHA256_TURN(a, 2) ^ LK_SHA256_TURN(a, 13) ^ LK_SHA256_TURN(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));   \
    } while (0)
