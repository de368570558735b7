extension MXFP4 {
    /// Codes a block holds, and bytes they take without the scale.
    public static let blockLength = 32, codeBytes = 16

    /// Rearranges one block from Hugging Face's order to ggml's: scale first, then byte j with elements j and j + 16.
    ///
    /// Hugging Face keeps the scale in another tensor, and byte j of its 16 holds elements 2j (low) and 2j + 1 (high).
    /// - Parameters:
    ///   - codes: the 16 bytes of a `_blocks` tensor.
    ///   - scale: the byte of the `_scales` tensor.
    ///   - block: receives 17 bytes.
    public static func repackToGGML(
        codes: UnsafeRawBufferPointer, scale: UInt8, into block: UnsafeMutableRawBufferPointer
    ) {
        block[0] = scale
        for j in 0..<16 { block[1 + j] = code(codes, j) | code(codes, j + 16) << 4 }
    }

    /// Rearranges one block from ggml's order to Hugging Face's 16 bytes, and gives its scale.
    public static func repackToHuggingFace(
        block: UnsafeRawBufferPointer, into codes: UnsafeMutableRawBufferPointer
    ) -> UInt8 {
        func code(_ k: Int) -> UInt8 { k < 16 ? block[1 + k] & 15 : block[1 + k - 16] >> 4 }
        for j in 0..<16 { codes[j] = code(2 * j) | code(2 * j + 1) << 4 }
        return block[0]
    }

    private static func code(_ codes: UnsafeRawBufferPointer, _ k: Int) -> UInt8 {
        k % 2 == 0 ? codes[k / 2] & 15 : codes[k / 2] >> 4
    }
}
