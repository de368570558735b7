import Formats
import Kernels
import Tensors
import Testing

@Suite struct PackedEncodingTests {
    private func encoded(
        _ values: [Float], _ scheme: PackingScheme, rows: Int, columns: Int, scales: PackedPart.Element = .bfloat16,
        inRuns: Bool = false
    ) throws -> Matrix {
        let room = try #require(PackedRoom(scheme, rows: rows, columns: columns, scales: scales))
        var bytes = [UInt8](repeating: 0, count: room.byteCount)
        bytes.withUnsafeMutableBytes { bytes in
            values.withUnsafeBufferPointer { values in
                let step = inRuns ? room.rowsTogether : rows
                for first in stride(from: 0, to: rows, by: step) {
                    let range = first..<min(rows, first + step)
                    let part = values[range.lowerBound * columns..<range.upperBound * columns]
                    room.encode(UnsafeBufferPointer(rebasing: part), rows: range, into: bytes)
                }
            }
        }
        return room.matrix(in: MemorySource(bytes), at: 0)
    }

    private func decoded(_ matrix: Matrix) -> [Float] {
        Samples.filled(matrix.rows * matrix.columns) {
            Compute(threads: 1).decodeRows(matrix, 0..<matrix.rows, into: $0)
        }
    }

    @Test(arguments: PackedCase.all.filter { $0.values != nil && PackedRoom.encodes($0.scheme) })
    func codesAndScalesAreTheReferences(packed: PackedCase) throws {
        let scales = try #require(packed.parts[.scales])
        let values = try #require(packed.values)
        for inRuns in [false, true] {
            let matrix = try encoded(
                values, packed.scheme, rows: packed.rows, columns: packed.columns, scales: scales.element,
                inRuns: inRuns)
            let weights = try #require(matrix.packed)
            for (kind, part) in weights.parts {
                let theirs = try #require(packed.parts[kind])
                #expect(part.withBytes { Array($0) } == theirs.withBytes { Array($0) }, "\(kind)")
            }
        }
    }

    @Test func everyWrittenSchemeIsFoundByItsName() {
        #expect(PackingScheme.all.map(\.name) == ["w4a16", "w8a16", "w8a8", "w4a8", "fp8", "fp8-channel"])
        for scheme in PackingScheme.all {
            #expect(PackingScheme.named(scheme.name) == scheme && PackedRoom.encodes(scheme))
        }
        #expect(PackingScheme.words(bits: 4, .group(64), isSymmetric: false).name == "w4a16-g64-asym")
        #expect(PackingScheme.awq(group: 128).name == "awq" && PackingScheme.fp8(.tensor).name == "fp8-tensor")
    }

    @Test(arguments: PackingScheme.all)
    func errorsStayWithinHalfAStep(scheme: PackingScheme) throws {
        let (rows, columns) = (130, 256)
        let values = Samples.numbers(rows * columns, "weights", size: 0.2)
        for scales in [PackedPart.Element.bfloat16, .float16, .float32] {
            let back = decoded(try encoded(values, scheme, rows: rows, columns: columns, scales: scales))
            let largest = values.map(\.magnitude).max() ?? 0
            // Half a step of the codes (of the largest ones, for E4M3), and what rounding the scale may cut off.
            let span: Float = scheme.bits == 4 ? 7.5 : 127.5
            let step = scheme.hasFloatCodes ? largest / 14 : largest / span
            for (value, decoded) in zip(values, back) {
                #expect((value - decoded).magnitude <= step * 0.51 + largest / 128)
            }
        }
    }

    @Test(arguments: PackingScheme.all)
    func numbersThatAreNoneDoNotTrap(scheme: PackingScheme) throws {
        var values = [Float](repeating: 0, count: 256 * 128)
        #expect(decoded(try encoded(values, scheme, rows: 128, columns: 256)).allSatisfy { $0 == 0 })
        for (index, odd) in [Float.nan, .infinity, -.infinity, .leastNonzeroMagnitude, 3e38, -3e38].enumerated() {
            values[index * 997] = odd
        }
        for scales in [PackedPart.Element.bfloat16, .float16, .float32] {
            _ = decoded(try encoded(values, scheme, rows: 128, columns: 256, scales: scales))
        }
    }

    @Test func shapesThatDoNotSuitHaveNoRoom() {
        #expect(PackedRoom(.w4a16, rows: 4, columns: 100) == nil)
        #expect(PackedRoom(.w4a16, rows: 0, columns: 128) == nil)
        #expect(PackedRoom(.awq(group: 32), rows: 7, columns: 64) == nil)
        #expect(PackedRoom(.fp8, rows: 4, columns: 100) != nil)
    }
}

extension PackingScheme {
    fileprivate var hasFloatCodes: Bool { if case .fp8 = self { true } else { false } }
}
