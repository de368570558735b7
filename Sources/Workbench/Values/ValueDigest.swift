import Crypto
import Language
import Tensors

/// A SHA-256 over a value's bits, in one fixed order: what records keep and `replay` compares.
public struct ValueDigest {
    private var hash = SHA256()

    public init() {}

    /// The digest of a language value.
    public static func of(_ value: Value) -> String {
        var digest = ValueDigest()
        digest.mix(value)
        return digest.text
    }

    /// The digest of one of Lancet's values.
    public static func of(_ value: any SessionValue) -> String { of(.object(value)) }

    /// The digest of bytes.
    public static func of(_ bytes: some Sequence<UInt8>) -> String {
        var digest = ValueDigest()
        digest.hash.update(data: Array(bytes))
        return digest.text
    }

    /// The 64 hexadecimal digits so far.
    public var text: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// Mixes a text with its length, so that neighbours cannot run together.
    public mutating func mix(_ text: String) {
        let bytes = Array(text.utf8)
        mix(bytes.count)
        hash.update(data: bytes)
    }

    /// Mixes a whole number.
    public mutating func mix(_ number: Int) {
        withUnsafeBytes(of: Int64(number).littleEndian) { hash.update(bufferPointer: $0) }
    }

    /// Mixes the bits of a double.
    public mutating func mix(_ number: Double) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { hash.update(bufferPointer: $0) }
    }

    /// Mixes shape and elements of a tensor; all that are not a number count alike.
    public mutating func mix(_ tensor: Tensor) {
        mix(tensor.shape.count)
        for length in tensor.shape { mix(length) }
        mix(tensor.values)
    }

    /// Mixes float32 values.
    public mutating func mix(_ values: [Float]) {
        mix(values.count)
        let bits = values.map { ($0.isNaN ? Float.nan : $0).bitPattern.littleEndian }
        bits.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// Mixes raw bytes.
    public mutating func mix(bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    /// Mixes a language value with its kind.
    public mutating func mix(_ value: Value) {
        switch value {
        case .nothing: mix("nothing")
        case .number(let number):
            mix("number")
            mix(number.value)
            mix(number.unit.name)
        case .text(let text):
            mix("text")
            mix(text)
        case .boolean(let flag): mix(flag ? "true" : "false")
        case .range(let range):
            mix("range")
            mix(range.lower)
            mix(range.upper)
        case .list(let values):
            mix("list")
            mix(values.count)
            for value in values { mix(value) }
        case .function(let definition):
            mix("function")
            mix(definition.signature.usage)
        case .object(let object):
            mix(object.typeName)
            if let object = object as? any SessionValue { object.absorb(into: &self) }
        }
    }
}
