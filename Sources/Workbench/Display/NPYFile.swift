import Tensors

/// NumPy's file of one array.
///
///     93 4E 55 4D 50 59  01 00  length (2, little-endian)  {'descr': '<f4', …} padded with spaces, newline  elements
///
/// The header with what stands before it fills a multiple of 64 bytes.
/// - Source: NumPy Enhancement Proposal 1, format version 1.0.
enum NPYFile {
    /// The bytes of an array: little-endian float32 in row-major order.
    static func bytes(of tensor: Tensor) -> [UInt8] {
        let shape = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape)), }"
        let used = 10 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - used % 64) % 64) + "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        bytes += Array(header.utf8)
        bytes.reserveCapacity(bytes.count + tensor.count * 4)
        for value in tensor.values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
