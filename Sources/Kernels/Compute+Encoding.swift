import CKernels
import Formats

/// Float32 rows to encoded ones.
extension Compute {
    /// The formats that Lancet writes, in display order.
    public static let encodable: [BlockFormat] = BlockFormats.all.filter { encoder(of: $0) != nil }

    /// Encodes whole rows; on the pool, or on the calling thread where that is one of the pool's at work already.
    ///
    /// The bits are the same on every machine, for every number of threads, and however rows are split between calls.
    /// In formats of blocks, what is not a number counts as zero and infinities as the largest number; importance that is
    /// not a positive number counts as zero.
    /// - Parameters:
    ///   - values: rows one behind the other, each a whole number of blocks.
    ///   - columns: elements of a row.
    ///   - format: one of `encodable`.
    ///   - importance: the mean square of what each column is multiplied with, nil where all matter alike.
    ///   - bytes: room for exactly the encoded rows.
    /// - Shape: values [rows, columns]; importance [columns].
    public func encode(
        _ values: UnsafeBufferPointer<Float>, columns: Int, as format: BlockFormat,
        importance: UnsafeBufferPointer<Float>?, into bytes: UnsafeMutableRawBufferPointer
    ) {
        guard let encoder = Self.encoder(of: format), let encode = lk_encode_of(encoder, variant.index) else {
            preconditionFailure("\(format.name) is not written")
        }
        guard columns > 0, !values.isEmpty else { return }
        guard let rowBytes = format.rowBytes(columns) else { preconditionFailure("rows are not whole blocks") }
        let rows = values.count / columns
        precondition(rows * columns == values.count && rows * rowBytes == bytes.count, "sizes that do not agree")
        precondition(importance == nil || importance?.count == columns, "importance of another row")
        guard let source = values.baseAddress, let target = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        else { return }
        pool.forEachRange(rows, chunk: max(1, Self.encodedAtOnce / columns)) { range in
            var encoding = lk_encoding(
                values: source + range.lowerBound * columns, rows: range.count, columns: columns,
                importance: importance?.baseAddress, bytes: target + range.lowerBound * rowBytes)
            encode(&encoding)
        }
    }

    /// Elements that a thread encodes before it looks for more.
    private static let encodedAtOnce = 1 << 14

    private static func encoder(of format: BlockFormat) -> UnsafePointer<lk_encoder>? {
        var index = 0
        while let encoder = lk_encoder_at(index) {
            if encoder.pointee.format == format.id { return encoder }
            index += 1
        }
        return nil
    }
}
