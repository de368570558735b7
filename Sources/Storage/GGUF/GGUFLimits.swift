/// Bounds that llama.cpp puts on a GGUF file; what it refuses, so do we.
enum GGUFLimits {
    /// Bytes of a string.
    static let stringBytes: UInt64 = 1 << 30
    /// Elements of an array.
    static let arrayCount: UInt64 = 1 << 30
    /// Bytes of a tensor's name.
    static let nameBytes = 63
    /// Axes of a tensor.
    static let dimensions: UInt32 = 4
    /// Where tensors begin, unless `general.alignment` says otherwise.
    static let defaultAlignment = 32
}
