import Formats
import Inference
import Kernels
import Scoring
import Tensors

/// Factors folded between tensors so that a model computes the same: what reads a channel is multiplied, what writes it divided.
struct Folding {
    /// What the columns of a matrix, or the elements of a vector, are multiplied with.
    private(set) var columns: [Role: [Float]] = [:]
    /// What the rows of a matrix are multiplied with.
    private(set) var rows: [Role: [Float]] = [:]

    /// The tensors that are no longer what they were.
    var touched: Set<Role> { Set(columns.keys).union(rows.keys) }

    /// Folds the scales of a seam.
    mutating func fold(_ seam: Seam, _ scales: [Float]) {
        for role in seam.readers {
            let own = (0..<seam.readerWidth).map { scales[seam.channel(ofColumn: $0)] }
            columns[role] = columns[role].map { zip($0, own).map { $0 * $1 } } ?? own
        }
        let inverse = scales.map { 1 / $0 }
        for role in seam.vectors { columns[role] = columns[role].map { zip($0, inverse).map { $0 * $1 } } ?? inverse }
        if let role = seam.writer { rows[role] = rows[role].map { zip($0, inverse).map { $0 * $1 } } ?? inverse }
    }

    /// Decodes a row of a matrix with its factors.
    func decode(_ matrix: Matrix, _ role: Role, row: Int, _ compute: Compute, into values: UnsafeMutablePointer<Float>)
    {
        compute.decodeRow(matrix, row: row, into: values)
        if let factors = columns[role] { for column in 0..<matrix.columns { values[column] *= factors[column] } }
        if let factor = rows[role]?[row] { for column in 0..<matrix.columns { values[column] *= factor } }
    }

    /// Encodes a matrix with its factors.
    /// - Parameters:
    ///   - meanSquares: of what each column is multiplied with before anything is folded, which scales are chosen for; nil
    ///     where all matter alike.
    ///   - bytes: `roomBytes` of the format.
    func encode(
        _ matrix: Matrix, _ role: Role, as format: WeightFormat, meanSquares: [Float]?, _ compute: Compute,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        let importance = meanSquares.map { squares in
            columns[role].map { zip(squares, $0).map { $0 / ($1 * $1) } } ?? squares
        }
        let together = format.rowsTogether(rows: matrix.rows, columns: matrix.columns)
        let chunk = max(1, (1 << 16) / max(1, matrix.columns * together))
        compute.pool.forEachRange((matrix.rows + together - 1) / together, chunk: chunk) { groups in
            let rows = groups.lowerBound * together..<min(matrix.rows, groups.upperBound * together)
            withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * matrix.columns) { values in
                guard let base = values.baseAddress else { return }
                for row in rows {
                    decode(matrix, role, row: row, compute, into: base + (row - rows.lowerBound) * matrix.columns)
                }
                compute.encode(
                    UnsafeBufferPointer(values), rows, of: matrix, as: format, importance, into: bytes)
            }
        }
    }

    /// A matrix with its factors in memory.
    func matrix(
        _ matrix: Matrix, _ role: Role, as format: WeightFormat, meanSquares: [Float]?, _ compute: Compute
    ) -> Matrix {
        guard let room = format.roomBytes(rows: matrix.rows, columns: matrix.columns) else { return matrix }
        var bytes = [UInt8](repeating: 0, count: room)
        bytes.withUnsafeMutableBytes {
            encode(matrix, role, as: format, meanSquares: meanSquares, compute, into: $0)
        }
        return format.matrix(rows: matrix.rows, columns: matrix.columns, in: MemorySource(bytes), at: 0)
    }
}

/// A place where a factor can be moved from what writes channels to what reads them.
struct Seam {
    /// Vectors whose elements write the channels: a norm's weight, a bias.
    let vectors: [Role]
    /// The matrix whose rows write the channels, if it is not a norm.
    let writer: Role?
    /// The matrices whose columns read the channels.
    let readers: [Role]
    /// Columns of the readers.
    let readerWidth: Int
    let channelCount: Int
    /// Query heads that read one key-value head, and the width of a head, where the readers are behind attention.
    let heads: (perGroup: Int, width: Int)?

    /// The channel that a column of the readers reads.
    func channel(ofColumn column: Int) -> Int {
        guard let heads else { return column }
        return column / heads.width / heads.perGroup * heads.width + column % heads.width
    }

    /// The seams of a layer: norm to query, key and value; value to the attention's output; norm to router, gates and ups; up
    /// to down, where the activation leaves up a factor.
    static func all(of model: Model, layer: Int) -> [Seam] {
        let blueprint = model.blueprint
        func role(_ part: Role.Part, _ expert: Int? = nil) -> Role { Role(part, layer: layer, expert: expert) }
        func there(_ roles: [Role]) -> [Role] { roles.filter { model.tensors[$0] != nil } }
        let hidden = blueprint.hiddenSize
        let width = blueprint.layers[layer].feedForwardWidth
        let experts: [Int?] =
            blueprint.layers[layer].expertCount == 0
            ? [nil] : (0..<blueprint.layers[layer].expertCount).map { $0 }
        let apart: Set<Role.Part> = [.query, .key, .value, .attentionOutput, .down, .sharedDown]
        let readers = model.tensors.keys
            .filter { $0.layer == layer && $0.part.isMultiplied && !apart.contains($0.part) }.sorted()
        var seams = [
            Seam(
                vectors: [role(.attentionNorm)], writer: nil, readers: there([role(.query), role(.key), role(.value)]),
                readerWidth: hidden, channelCount: hidden, heads: nil),
            Seam(
                vectors: there([role(.valueBias)]), writer: role(.value), readers: [role(.attentionOutput)],
                readerWidth: blueprint.headCount * blueprint.headDimension,
                channelCount: blueprint.keyValueHeadCount * blueprint.headDimension,
                heads: (blueprint.headsPerGroup, blueprint.headDimension)),
            Seam(
                vectors: [role(.feedForwardNorm)], writer: nil, readers: readers, readerWidth: hidden,
                channelCount: hidden, heads: nil),
        ]
        if blueprint.activation == .swiglu {
            if let width = blueprint.layers[layer].sharedExpertWidth {
                seams.append(
                    Seam(
                        vectors: [], writer: role(.sharedUp), readers: [role(.sharedDown)], readerWidth: width,
                        channelCount: width, heads: nil))
            }
            seams += experts.map { expert in
                Seam(
                    vectors: there([role(.upBias, expert)]), writer: role(.up, expert), readers: [role(.down, expert)],
                    readerWidth: width, channelCount: width, heads: nil)
            }
        }
        return seams
    }
}
