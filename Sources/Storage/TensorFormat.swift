import Formats

/// How the elements of a tensor are encoded in its file.
public enum TensorFormat: Hashable, Sendable {
    /// A format that Lancet decodes.
    case block(BlockFormat)
    /// A plain number type: carried, not computed with.
    case plain(PlainType)
    /// A ggml block type that Lancet knows by name and size only.
    case opaque(GGMLType)

    /// The spelling shown to people, such as `bf16`, `u8` or `q4_k`.
    public var name: String {
        switch self {
        case .block(let format): format.name
        case .plain(let type): type.name
        case .opaque(let type): type.name
        }
    }

    /// What decodes it; nil if Lancet cannot.
    public var blockFormat: BlockFormat? {
        if case .block(let format) = self { format } else { nil }
    }

    /// The number that GGUF gives it; nil where GGUF has none.
    public var ggmlID: UInt32? {
        switch self {
        case .block(let format): format.id
        case .plain(let type): type.ggmlID
        case .opaque(let type): type.id
        }
    }

    /// The format of a ggml type number; nil if ggml gives that number to no type.
    public init?(ggmlID id: UInt32) {
        if let format = BlockFormats.withID(id) {
            self = .block(format)
        } else if let plain = PlainType.allCases.first(where: { $0.ggmlID == id }) {
            self = .plain(plain)
        } else if let type = GGMLType.withID(id) {
            self = .opaque(type)
        } else {
            return nil
        }
    }

    /// The format of a safetensors type name such as `BF16`; nil if safetensors has none of that name.
    public init?(safetensorsName name: String) {
        switch name {
        case "F32": self = .block(.f32)
        case "F16": self = .block(.f16)
        case "BF16": self = .block(.bf16)
        default:
            guard name == name.uppercased(), let plain = PlainType(rawValue: name.lowercased()) else { return nil }
            self = .plain(plain)
        }
    }

    /// The safetensors type name; nil for block formats that safetensors cannot hold.
    public var safetensorsName: String? {
        switch self {
        case .block(.f32), .block(.f16), .block(.bf16), .plain: name.uppercased()
        case .block, .opaque: nil
        }
    }

    /// Elements and bits of the smallest unit.
    var unit: (elements: Int, bits: Int) {
        switch self {
        case .block(let format): (format.blockLength, format.blockBytes * 8)
        case .plain(let type): (1, type.bits)
        case .opaque(let type): (type.blockLength, type.blockBytes * 8)
        }
    }

    /// Bytes of a tensor of that shape, slowest axis first.
    ///
    /// Nil if a dimension is negative, a row is not a whole number of blocks, the bits do not fill whole bytes, or the
    /// count overflows.
    public func byteCount(shape: [Int]) -> Int? {
        var elements = 1
        for length in shape {
            let (product, overflow) = elements.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            elements = product
        }
        let unit = unit
        guard (shape.last ?? 1) % unit.elements == 0 else { return nil }
        let (bits, overflow) = (elements / unit.elements).multipliedReportingOverflow(by: unit.bits)
        return overflow || bits % 8 != 0 ? nil : bits / 8
    }
}
