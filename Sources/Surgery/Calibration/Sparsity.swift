import Formats
import Inference
import Kernels
import Scoring
import Storage
import Tensors

/// Two of every four neighbouring weights of a row made zero: semi-structured sparsity that sparse tensor cores know.
public struct Sparsity: Sendable {
    /// Which two go.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// The smallest.
        case magnitude
        /// Those whose size times the length of their inputs is smallest.
        /// - Source: Sun et al., 2024, A Simple and Effective Pruning Approach for Large Language Models.
        case wanda
        /// Those whose loss costs least, the others making up for it.
        /// - Source: Frantar and Alistarh, 2023, SparseGPT.
        case sparsegpt

        /// Whether it looks at what the weights are multiplied with.
        public var isCalibrated: Bool { self != .magnitude }
    }

    /// How one tensor was cut.
    public struct Cut: Sendable, Hashable {
        public let role: Role
        /// Inputs it was calibrated with.
        public let tokens: Int
        /// What it was cut by: its own method, or what stands in where too few tokens were seen.
        public let method: Method
        /// Elements that are zero afterwards, and all.
        public let zeros: Int
        public let elements: Int
    }

    /// The tensors, in the order of the data's way.
    public let roles: [Role]
    public let method: Method
    /// What is added to the Hessian's diagonal, as a share of its mean.
    public let damping: Double
    /// Tokens below which SparseGPT is replaced by Wanda, and Wanda without any by magnitude.
    public let leastTokens: Int

    /// - Parameter isExplicit: Whether tensors were named one by one; otherwise embeddings, output, routers and vectors stay.
    /// - Throws: `SurgeryError` for a quantized tensor, rows that are not whole fours, or nothing to cut.
    public init(
        of model: Model, _ roles: [Role], method: Method, isExplicit: Bool = false, damping: Double = 0.01,
        leastTokens: Int = 32
    ) throws(SurgeryError) {
        let cut = Set(roles).filter { isExplicit || Self.parts.contains($0.part) }.sorted()
        guard !cut.isEmpty else {
            throw SurgeryError(
                code: "sparsify.nothing", subject: "sparsify", message: "the selection has no matrices that are cut",
                remedy: "select layers, experts, or a tensor by itself, as m.layers[2].router.weight")
        }
        for role in cut {
            guard let matrix = model.tensors[role] else {
                throw SurgeryError(
                    code: "sparsify.tensor", subject: role.name, message: "the model has no such tensor",
                    remedy: "see info m for what it has")
            }
            guard matrix.packed == nil, matrix.format.blockLength == 1 else {
                throw SurgeryError(
                    code: "sparsify.quantized", subject: role.name,
                    message: "it is \(matrix.formatName), whose codes cannot be set to zero one by one",
                    remedy: "dequantize it as bf16 first, and quantize it afterwards; q8_0, q4_0 and mxfp4 keep zeros")
            }
            guard matrix.columns % 4 == 0 else {
                throw SurgeryError(
                    code: "sparsify.columns", subject: role.name,
                    message: "its rows of \(matrix.columns) are not whole groups of four", remedy: "leave it out")
            }
        }
        self.roles = cut
        self.method = method
        self.damping = damping
        self.leastTokens = leastTokens
    }

    private static let parts = QuantizationPlan.largeParts.subtracting([.embedding, .output])

    /// Of four costs the places of the two smallest; of equal ones the first goes.
    static func leastTwo(_ costs: [Double]) -> ArraySlice<Int> {
        costs.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }.prefix(2)
    }

    /// Cuts the tensors; each keeps its format.
    /// - Parameter calibration: What to calibrate on; layers see what cut earlier layers give. Not needed for magnitude.
    /// - Throws: `SurgeryError` without a calibration that is needed, or for damping that does not do; `StorageError` without
    ///   room; what running throws.
    public func applied(
        to model: Model, over calibration: Calibration?, compute: Compute, spill: SpillFile = SpillFile(),
        progress: ((Int) -> Void)? = nil
    ) throws -> (edit: Edit, cuts: [Cut]) {
        var cuts: [Cut] = []
        func cut(_ model: inout Model, _ own: Set<Role>, _ inputs: LayerInputs?) throws {
            for role in roles where own.contains(role) {
                try Interruption.check()
                progress?(cuts.count)
                guard let matrix = model.tensors[role] else { continue }
                let (result, done) = try self.cut(matrix, role, inputs, compute, spill)
                model.tensors[role] = result
                cuts.append(done)
            }
        }
        var edited = model
        if method.isCalibrated {
            guard let calibration else {
                throw SurgeryError(
                    code: "sparsify.corpus", subject: method.rawValue,
                    message: "it looks at what weights are multiplied with, and no text is given",
                    remedy: "add over CORPUS, or cut by magnitude")
            }
            edited = try calibration.walk(model, roles: roles, isSequential: true) { try cut(&$0, $1, $2) }
        } else {
            try cut(&edited, Set(roles), nil)
        }
        return (Edit(model: edited, summary: summary, notes: notes(cuts)), cuts)
    }

    private var summary: String { "sparsify \(roles.count) tensors by \(method.rawValue): 2 of every 4 weights zero" }

    private func notes(_ cuts: [Cut]) -> [String] {
        Method.allCases.filter { $0 != method }.compactMap { other in
            let count = cuts.count { $0.method == other }
            return count == 0
                ? nil : "\(count) tensors saw too few tokens for \(method.rawValue) and are cut by \(other.rawValue)"
        }
    }

    private func cut(
        _ matrix: Matrix, _ role: Role, _ inputs: LayerInputs?, _ compute: Compute, _ spill: SpillFile
    ) throws -> (Matrix, Cut) {
        let (rows, columns, tokens) = (matrix.rows, matrix.columns, inputs?.count(of: role) ?? 0)
        let used: Method =
            method == .sparsegpt && tokens >= max(1, leastTokens)
            ? .sparsegpt : method.isCalibrated && tokens > 0 ? .wanda : .magnitude
        let values: [Float]
        if let inputs, let keeper = inputs.keeper(of: role) {
            values = try inputs.withRows(of: keeper) {
                try Self.values(matrix, by: used, $0, damping, compute, subject: role.name)
            }
        } else {
            values = try Self.values(
                matrix, by: .magnitude, UnsafeBufferPointer(start: nil, count: 0), damping, compute, subject: role.name)
        }
        let room = try spill.append(byteCount: matrix.byteCount) { bytes in
            values.withUnsafeBufferPointer {
                compute.encode($0, columns: columns, as: matrix.format, importance: nil, into: bytes)
            }
        }
        let result = Matrix(
            rows: rows, columns: columns, format: matrix.format, source: room.source, offset: room.offset,
            rowStride: matrix.byteCount / max(1, rows))
        return (
            result,
            Cut(role: role, tokens: tokens, method: used, zeros: values.count { $0 == 0 }, elements: rows * columns)
        )
    }

    /// The values of a matrix with two of every four zero.
    /// - Parameter inputs: What it is multiplied with, [token, column]; nothing for magnitude.
    /// - Shape: [row, column].
    /// - Throws: `SurgeryError` for damping that does not do; `Interrupted`.
    public static func values(
        _ matrix: Matrix, by method: Method, inputs: [Float], damping: Double = 0.01, compute: Compute
    ) throws -> [Float] {
        try inputs.withUnsafeBufferPointer {
            try values(matrix, by: method, $0, damping, compute, subject: "the matrix")
        }
    }

    private static func values(
        _ matrix: Matrix, by method: Method, _ inputs: UnsafeBufferPointer<Float>, _ damping: Double,
        _ compute: Compute, subject: String
    ) throws -> [Float] {
        let columns = matrix.columns
        var values = [Float](repeating: 0, count: matrix.rows * columns)
        try values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if method == .sparsegpt {
                let hessian = Hessian(of: inputs, count: columns, compute: compute)
                let factor = try FeedbackFactor(
                    hessian, damping: damping, order: Array(0..<columns), compute: compute, subject: subject)
                let grid = SparsityGrid(columns: columns, format: matrix.format, factor: factor, values: base)
                try FeedbackEncoder(compute: compute, options: GPTQ.Options()).encode(matrix, by: factor, grid)
            } else {
                let lengths = method == .wanda ? Self.lengths(inputs, columns) : nil
                compute.pool.forEach(matrix.rows) { row in
                    compute.decodeRow(matrix, row: row, into: base + row * columns)
                    Self.zeroLeast(base + row * columns, columns, lengths)
                }
            }
        }
        return values
    }

    /// The length of each column over some rows.
    private static func lengths(_ rows: UnsafeBufferPointer<Float>, _ columns: Int) -> [Double] {
        var squares = [Double](repeating: 0, count: columns)
        for start in stride(from: 0, to: rows.count, by: columns) {
            for column in 0..<columns { squares[column] += Double(rows[start + column]) * Double(rows[start + column]) }
        }
        return squares.map { $0.squareRoot() }
    }

    /// Zeros two of every four by size, times what they are multiplied with.
    private static func zeroLeast(_ row: UnsafeMutablePointer<Float>, _ columns: Int, _ lengths: [Double]?) {
        for start in stride(from: 0, to: columns, by: 4) {
            let costs = (start..<start + 4).map { Double(row[$0].magnitude) * (lengths?[$0] ?? 1) }
            for place in leastTwo(costs) { row[start + place] = 0 }
        }
    }
}
