import Kernels
import Storage
import Synchronization
import Tensors

/// Matrices in another format, each encoded when somebody first reads it.
///
/// Room for all of them is reserved on disk at once, so that it cannot run out later. A matrix that is only saved is
/// encoded on its way into the file and never takes that room.
public enum DeferredEncoding {
    /// One matrix and what it is to become.
    public struct Order: Sendable {
        public let matrix: Matrix
        public let format: WeightFormat
        /// The mean square of what each column is multiplied with; nil where all matter alike.
        /// - Shape: [matrix.columns].
        public let importance: [Float]?

        /// Importance of another width is none.
        public init(_ matrix: Matrix, as format: WeightFormat, importance: [Float]? = nil) {
            self.matrix = matrix
            self.format = format
            self.importance = importance?.count == matrix.columns ? importance : nil
        }

        /// Bytes it will take.
        var roomBytes: Int {
            guard let bytes = format.roomBytes(rows: matrix.rows, columns: matrix.columns) else {
                preconditionFailure("\(matrix.rows) × \(matrix.columns) cannot be \(format.name)")
            }
            return bytes
        }
    }

    /// The matrices in their new formats, in the order asked for; nothing is encoded yet.
    /// - Precondition: The formats can hold the matrices, as a `QuantizationPlan` has made sure of.
    /// - Throws: `StorageError` without room.
    public static func matrices(
        _ orders: [Order], compute: Compute, spill: SpillFile = SpillFile()
    ) throws(StorageError) -> [Matrix] {
        var starts: [Int] = []
        var total = 0
        for order in orders {
            starts.append(total)
            total += order.roomBytes
        }
        let room = try spill.reserve(byteCount: total)
        return zip(orders, starts).map { order, start in
            order.format.matrix(
                rows: order.matrix.rows, columns: order.matrix.columns,
                in: EncodedMatrix(order, compute: compute, room: room, start: start), at: 0)
        }
    }
}

/// The bytes of one matrix in another format, encoded once.
private final class EncodedMatrix: DeferredSource {
    private let order: DeferredEncoding.Order
    private let compute: Compute
    private let room: SpillSegment
    private let start: Int
    private let isEncoded = Atomic<Bool>(false)
    private let encoding = Mutex<Void>(())

    let count: Int
    /// A row; where scales lie apart from what they scale, the whole.
    let unit: Int

    init(_ order: DeferredEncoding.Order, compute: Compute, room: SpillSegment, start: Int) {
        self.order = order
        self.compute = compute
        self.room = room
        self.start = start
        count = order.roomBytes
        if case .block = order.format { unit = count / max(1, order.matrix.rows) } else { unit = count }
    }

    var isReady: Bool { isEncoded.load(ordering: .acquiring) }

    func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        if !isReady { encodeOnce() }
        return try room.withBytes(start + range.lowerBound..<start + range.upperBound, body)
    }

    func make(_ range: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) {
        guard !isReady, unit > 0 else { return withBytes(range) { bytes.copyMemory(from: $0) } }
        encode(
            range.count == count ? order.matrix : order.matrix.rows(range.lowerBound / unit..<range.upperBound / unit),
            bytes)
    }

    /// Readers that come while the matrix is being encoded wait.
    private func encodeOnce() {
        encoding.withLock { _ in
            guard !isReady else { return }
            encode(order.matrix, UnsafeMutableRawBufferPointer(rebasing: room.bytes[start..<start + count]))
            isEncoded.store(true, ordering: .releasing)
        }
    }

    private func encode(_ matrix: Matrix, _ bytes: UnsafeMutableRawBufferPointer) {
        compute.encode(matrix, as: order.format, importance: order.importance, into: bytes)
    }
}
