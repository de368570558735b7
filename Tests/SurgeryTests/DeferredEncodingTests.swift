import Architectures
import Formats
import Foundation
import Inference
import Kernels
import Storage
import Surgery
import Synchronization
import Tensors
import TestSupport
import Testing

/// A source that counts how often each of its bytes is lent.
private final class CountingSource: ByteSource {
    private let inner: MemorySource
    private let read = Mutex(0)

    init(_ values: [Float]) { inner = MemorySource(values) }

    var count: Int { inner.count }
    var bytesRead: Int { read.withLock { $0 } }

    func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        read.withLock { $0 += range.count }
        return try inner.withBytes(range, body)
    }
}

struct DeferredEncodingTests {
    private static let (rows, columns) = (300, 512)

    private static func values() -> [Float] {
        let random = KeyedRandom(seed: 3, purpose: "deferred")
        return (0..<rows * columns).map { Float(random.unit($0) - 0.5) }
    }

    private static func matrix(over source: any ByteSource) -> Matrix {
        Matrix(rows: rows, columns: columns, format: .f32, source: source, offset: 0, rowStride: 4 * columns)
    }

    private static func encoded(_ format: BlockFormat, importance: [Float]? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: rows * columns / format.blockLength * format.blockBytes)
        values().withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBytes { bytes in
                guard let importance else {
                    return Compute(threads: 1).encode(
                        values, columns: columns, as: format, importance: nil, into: bytes)
                }
                importance.withUnsafeBufferPointer {
                    Compute(threads: 1).encode(values, columns: columns, as: format, importance: $0, into: bytes)
                }
            }
        }
        return bytes
    }

    @Test func nothingIsReadBeforeSomebodyReadsAndThenOnce() throws {
        let source = CountingSource(Self.values())
        let made = try DeferredEncoding.matrices(
            [.init(Self.matrix(over: source), as: .block(.q8_0))], compute: Compute(threads: 2))
        let matrix = try #require(made.first)
        #expect(source.bytesRead == 0)
        #expect(matrix.source.withBytes(0..<matrix.byteCount) { Array($0) } == Self.encoded(.q8_0))
        #expect(source.bytesRead == source.count)
        _ = matrix.source.withBytes(5..<80) { Array($0) }
        #expect(source.bytesRead == source.count)
    }

    @Test func manyReadersAtOnceSeeWholeRows() async throws {
        let source = CountingSource(Self.values())
        let made = try DeferredEncoding.matrices(
            [.init(Self.matrix(over: source), as: .block(.q4_0))], compute: Compute(threads: 3))
        let matrix = try #require(made.first)
        let expected = Self.encoded(.q4_0)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { matrix.source.withBytes(0..<matrix.byteCount) { $0.elementsEqual(expected) } }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(source.bytesRead == source.count)
    }

    @Test func aWriterGetsRowsWithoutKeepingThem() throws {
        let source = CountingSource(Self.values())
        let importance = (0..<Self.columns).map { Float($0 % 5) }
        let made = try DeferredEncoding.matrices(
            [
                .init(Self.matrix(over: source), as: .block(.q8_0)),
                .init(Self.matrix(over: source), as: .block(.q4_0), importance: importance),
            ], compute: Compute(threads: 2))
        let matrix = try #require(made.last)
        let deferred = try #require(matrix.source as? any DeferredSource)
        #expect(deferred.isDeferred && !source.isDeferred)
        let expected = Self.encoded(.q4_0, importance: importance)
        var bytes = [UInt8](repeating: 0, count: 7 * deferred.unit)
        let range = 11 * deferred.unit..<18 * deferred.unit
        bytes.withUnsafeMutableBytes { deferred.make(range, into: $0) }
        #expect(bytes == Array(expected[range]) && !deferred.isReady)
        deferred.prepare()
        #expect(deferred.isReady)
        bytes.withUnsafeMutableBytes { deferred.make(range, into: $0) }
        #expect(bytes == Array(expected[range]))
    }

    @Test func whatIsSavedIsWhatIsRead() throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("oracles/qwen3moe-plain/model.gguf"))
        let compute = Compute(threads: 2)
        let roles = checkpoint.model.tensors.keys.filter { $0.expert != nil }
        let plan = try QuantizationPlan(of: checkpoint.model, Array(roles), as: .block(.q8_0))
        let unread = try Quantization(plan).applied(to: checkpoint.model, compute: compute).model
        let read = try Quantization(plan).applied(to: checkpoint.model, compute: compute).model
        for matrix in read.tensors.values { matrix.source.prepare() }
        let path = FileManager.default.temporaryDirectory.path + "/lancet-deferred-\(UUID().uuidString)"
        defer { for name in ["a", "b"] { try? FileManager.default.removeItem(atPath: path + name) } }
        try checkpoint.save(unread, to: path + "a")
        try checkpoint.save(read, to: path + "b")
        let (a, b) = (try MappedFile(path: path + "a"), try MappedFile(path: path + "b"))
        let isSame = a.withBytes(0..<a.count) { a in b.withBytes(0..<b.count) { a.elementsEqual($0) } }
        #expect(isSame)
        for role in plan.entries.map(\.role) {
            let deferred = try #require(unread.tensors[role]?.source as? any DeferredSource)
            #expect(!deferred.isReady)
        }
    }
}
