/// One value of GGUF metadata, its type kept exactly: llama.cpp refuses a key whose integer has another width.
public enum MetadataValue: Hashable, Sendable {
    case uint8(UInt8), int8(Int8), uint16(UInt16), int16(Int16), uint32(UInt32), int32(Int32)
    case uint64(UInt64), int64(Int64), float32(Float), float64(Double), bool(Bool)
    case string(String)
    /// A string whose bytes are not UTF-8, carried as they are.
    case malformedString([UInt8])
    case array(MetadataArray)

    /// The type as the file names it.
    public var type: MetadataType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .uint64: .uint64
        case .int64: .int64
        case .float32: .float32
        case .float64: .float64
        case .bool: .bool
        case .string, .malformedString: .string
        case .array: .array
        }
    }

    /// The number, if this is an integer that an `Int` holds.
    public var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The number as a double, if this is an integer or a floating-point number.
    public var float: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        case .uint64(let value): Double(value)
        default: integer.map(Double.init)
        }
    }

    /// The truth value, if this is one.
    public var boolean: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The text, if this is one in UTF-8.
    public var text: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The array, if this is one.
    public var array: MetadataArray? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The elements, if this is an array of strings; bytes that are not UTF-8 are replaced by U+FFFD.
    public var strings: [String]? { array?.strings() }

    /// The elements, if this is an array of integers that `Int` holds.
    public var integers: [Int]? { array?.integers() }

    /// The elements as doubles, if this is an array of numbers.
    public var floats: [Double]? { array?.floats() }
}
