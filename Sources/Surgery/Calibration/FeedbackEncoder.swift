import Formats
import Kernels
import Tensors

/// Encodes one matrix with error feedback.
struct FeedbackEncoder {
    let compute: Compute
    let options: GPTQ.Options

    /// Rows that are worked on together.
    private static let rowsTogether = 256

    /// Whether codes of a format can be written one at a time.
    static func writes(_ format: WeightFormat, rows: Int, columns: Int) -> Bool {
        guard format.isWritable else { return false }
        switch format {
        case .block(let block): return CodePlaces.of(block) != nil
        case .packed(let scheme):
            return PackedRoom(scheme, rows: rows, columns: columns).map {
                PackedRoom.encodes(scheme) && $0.rowsTogether == 1
            } ?? false
        }
    }

    /// The factor that goes with a matrix' inputs.
    /// - Throws: `SurgeryError` if the products of its inputs cannot be inverted.
    func factor(_ hessian: Hessian, subject: String) throws(SurgeryError) -> FeedbackFactor {
        try FeedbackFactor(
            hessian, damping: options.damping,
            order: options.actOrder ? hessian.strongestFirst : Array(0..<hessian.count), compute: compute,
            subject: subject)
    }

    /// Encodes a matrix.
    /// - Parameters:
    ///   - importance: what scales are chosen for. Shape [columns].
    ///   - bytes: `roomBytes` of the format.
    /// - Throws: `Interrupted`.
    func encode(
        _ matrix: Matrix, as format: WeightFormat, by factor: FeedbackFactor, importance: [Float]?,
        into bytes: UnsafeMutableRawBufferPointer
    ) throws {
        let together = min(Self.rowsTogether, matrix.rows)
        switch format {
        case .block(let block):
            guard let places = CodePlaces.of(block), let base = bytes.bindMemory(to: UInt8.self).baseAddress else {
                return
            }
            let grid = BlockGrid(
                places, columns: matrix.columns, rowsAtHand: together, importance: importance, compute: compute,
                bytes: base)
            try encode(matrix, by: factor, grid) { grid.firstRow = $0 }
        case .packed(let scheme):
            guard let room = PackedRoom(scheme, rows: matrix.rows, columns: matrix.columns),
                let grid = PackedGrid(room, bytes: bytes)
            else { return }
            try encode(matrix, by: factor, grid)
        }
    }

    /// Takes a matrix onto a grid, which keeps the result.
    /// - Parameter prepare: Called with the first of the rows that are next.
    func encode<Grid: WeightGrid>(
        _ matrix: Matrix, by factor: FeedbackFactor, _ grid: Grid, prepare: (Int) -> Void = { _ in }
    ) throws {
        let together = min(Self.rowsTogether, matrix.rows)
        let feedback = ErrorFeedback(factor: factor, grid: grid, compute: compute, isInOrder: !options.actOrder)
        let values = UnsafeMutablePointer<Float>.allocate(capacity: together * matrix.columns)
        defer { values.deallocate() }
        for start in stride(from: 0, to: matrix.rows, by: together) {
            let rows = start..<min(matrix.rows, start + together)
            compute.pool.forEach(rows.count) { row in
                compute.decodeRow(matrix, row: start + row, into: values + row * matrix.columns)
            }
            prepare(start)
            try feedback.quantize(values, rows: rows)
        }
    }
}
