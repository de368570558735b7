/// How a tensor's bytes are cut for SHA-256 digests: a stack of experts into experts, anything else into runs of 64 MiB. So a
/// difference has a place, and all cores can look for it.
public enum DigestUnits {
    /// Bytes of a run of what is no stack.
    public static let runBytes = 1 << 26

    /// Whether a shape is a stack of matrices, such as one an expert: three axes or more, those of length 1 in front left
    /// out.
    public static func isStack(_ shape: [Int]) -> Bool { shape.drop { $0 == 1 }.count > 2 }

    /// Bytes of a unit of a tensor.
    static func bytes(shape: [Int], byteCount: Int) -> Int {
        guard isStack(shape), let count = shape.first(where: { $0 != 1 }), count > 0 else { return runBytes }
        return max(1, byteCount / count)
    }

    /// Where the units of a tensor lie, from its own start; one empty unit for an empty tensor.
    public static func ranges(shape: [Int], byteCount: Int) -> [Range<Int>] {
        let unit = bytes(shape: shape, byteCount: byteCount)
        guard byteCount > 0 else { return [0..<0] }
        return stride(from: 0, to: byteCount, by: unit).map { $0..<min(byteCount, $0 + unit) }
    }
}

/// The digests of what was written, or read: for each tensor, those of its units.
public struct TensorDigests: Sendable {
    /// In the order in which tensors were written.
    public let tensors: [(name: String, units: [String])]
    /// Those of the ranges that were asked for besides, in their order.
    public let others: [String]
}
