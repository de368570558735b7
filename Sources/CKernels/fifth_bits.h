// Codes of five bits whose fifth bits lie together in one word.

/// 16 in byte k where bit k of the word is set.
LK_INLINE lk_bytes32 LK(fifth_bits)(uint32_t bits) {
    const lk_bytes32 one = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
                            1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    typedef uint32_t words8 __attribute__((vector_size(32)));
    const lk_bytes32 word = (lk_bytes32)((words8){0} + bits);
    const lk_bytes32 spread = __builtin_shufflevector(
        word, word, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 18, 18, 18, 18, 18, 18, 18, 18, 19, 19, 19, 19, 19, 19,
        19, 19);
    return (lk_bytes32)((spread & one) != 0) & 16;
}

/// The low halves of sixteen bytes and then the high halves.
LK_INLINE lk_bytes32 LK(halves)(lk_bytes16 bytes) {
    return __builtin_shufflevector(
        bytes & 15, bytes >> 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 31);
}
