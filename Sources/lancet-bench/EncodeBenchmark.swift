import Formats
import Foundation
import Kernels

/// How fast rows of float32 become blocks, and what becomes of them.
struct EncodeBenchmark {
    /// A block format's name.
    let format: String
    /// Float32 values, little-endian, one behind the other.
    let valuesPath: String
    let columns: Int
    /// Where the encoded rows go.
    let outPath: String
    /// Float32 values, one a column; nil where all columns matter alike.
    let importancePath: String?

    /// Encodes the rows some times over.
    /// - Throws: `BenchError` for a format that is not written, or files that do not hold whole rows.
    func measure(runs: Int, compute: Compute) throws -> BenchReport {
        guard let format = Compute.encodable.first(where: { $0.name == format }) else {
            let names = Compute.encodable.map(\.name).joined(separator: ", ")
            throw BenchError(subject: format, message: "Lancet does not write it", remedy: "take one of \(names)")
        }
        let values = try Self.floats(valuesPath)
        let importance = try importancePath.map(Self.floats)
        guard let rowBytes = format.rowBytes(columns), columns > 0, !values.isEmpty, values.count % columns == 0,
            importance.map({ $0.count == columns }) ?? true
        else {
            throw BenchError(
                subject: valuesPath, message: "it does not hold whole rows of \(columns) for \(format.name)",
                remedy: BenchRequest.usage)
        }
        var bytes = [UInt8](repeating: 0, count: values.count / columns * rowBytes)
        var speeds: [Double] = []
        for run in 0...runs {
            let start = ContinuousClock.now
            Self.encode(values, columns, format, importance, into: &bytes, compute)
            let seconds = (ContinuousClock.now - start).inSeconds
            // The first finds neither pages nor threads ready.
            if run > 0 || runs == 1 { speeds.append(Double(values.count) * 4 / 1e9 / seconds) }
        }
        try Data(bytes).write(to: URL(fileURLWithPath: outPath))
        var report = BenchReport()
        report.note("format", format.name)
        report.note("threads", compute.pool.threads)
        report.note("variant", compute.variant.rawValue)
        report.add("float32_gb_s", "GB/s of float32", speeds)
        return report
    }

    private static func encode(
        _ values: [Float], _ columns: Int, _ format: BlockFormat, _ importance: [Float]?, into bytes: inout [UInt8],
        _ compute: Compute
    ) {
        values.withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBytes { bytes in
                guard let importance else {
                    return compute.encode(values, columns: columns, as: format, importance: nil, into: bytes)
                }
                importance.withUnsafeBufferPointer {
                    compute.encode(values, columns: columns, as: format, importance: $0, into: bytes)
                }
            }
        }
    }

    private static func floats(_ path: String) throws -> [Float] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }
}
