// Q2_K: 256 codes of two bits in sixteen runs of 16, each run with a four-bit scale and a four-bit minimum.
//
//   byte   0               16                     80   82   84
//        ┌────────────────┬──────────────────────┬────┬────┐
//        │ s[0] …   s[15] │ b[0] …         b[63] │ d  │ e  │   y[k] = (d · (s[k/16] & 15)) · q[k] − e · (s[k/16] >> 4)
//        │ scale, minimum │ four codes a byte    │ f16│ f16│
//        └────────────────┴──────────────────────┴────┴────┘
//
//   q[k]: bits 2g and 2g + 1 of b[32n + l], where n = k/128, g = (k mod 128)/32, l = k mod 32

extension BlockFormat {
    /// Two bits a weight, a scale and a minimum for each 16, themselves scaled for each 256.
    public static let q2_k = BlockFormat(
        id: 10, name: "q2_k", blockLength: 256, blockBytes: 84,
        decode: blockwise(length: 256, bytes: 84) { bytes, values in
            let (scale, minimum) = (bytes.half(at: 80), bytes.half(at: 82))
            for k in 0..<256 {
                let parts = bytes[k / 16]
                values[k] =
                    scale * Float(parts & 15) * Float(bytes.crumb(k, from: 16)) - minimum * Float(parts >> 4)
            }
        },
        source: "ggml ggml-quants.c, dequantize_row_q2_K")
}

extension UnsafeRawBufferPointer {
    /// The two bits of weight k where bytes l of a run of 32 hold weights l, l + 32, l + 64 and l + 96 of each 128.
    func crumb(_ k: Int, from offset: Int) -> UInt8 {
        self[offset + k / 128 * 32 + k % 32] >> (2 * UInt8(k % 128 / 32)) & 3
    }
}
