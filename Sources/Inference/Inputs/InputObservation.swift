/// Rows on their way into weight matrices, lent for the length of a call.
///
/// Whoever calibrates weights wants what they are multiplied with: an expert's matrices see the rows that chose it, all others
/// every row of the pass.
public struct InputObservation {
    /// The matrices that multiply these rows: several where they read the same, such as key and value.
    public let roles: [Role]
    /// For each row, the number of its sequence.
    public let sequences: [Int]
    /// For each row, its position in the sequence.
    public let positions: [Int]
    /// Columns of the matrices.
    public let width: Int
    /// - Shape: [row, column].
    public let rows: UnsafeBufferPointer<Float>

    public var rowCount: Int { positions.count }

    /// One row.
    public subscript(row: Int) -> UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(rebasing: rows[row * width..<(row + 1) * width])
    }
}

/// Takes what goes into weight matrices, in the order of the data's way.
public typealias InputObserver = (InputObservation) -> Void

extension Pass {
    /// Lends rows of the pass that some matrices are about to multiply; costs nothing when nobody observes.
    /// - Parameter members: The rows' numbers in the pass, where they are not all of them.
    func observeInputs(_ x: UnsafePointer<Float>, width: Int, members: [Int]? = nil, of roles: () -> [Role]) {
        guard let observer = capture.inputs else { return }
        let lanes = members.map { $0.map { rowLanes[$0] } } ?? rowLanes
        observer(
            InputObservation(
                roles: roles(), sequences: lanes,
                positions: members.map { $0.map { rowPositions[$0] } } ?? rowPositions,
                width: width, rows: UnsafeBufferPointer(start: x, count: lanes.count * width)))
    }
}

/// Numbers an observer's sequences on from those of earlier batches.
func counting(_ observer: @escaping InputObserver, from base: Int) -> InputObserver {
    { seen in
        observer(
            InputObservation(
                roles: seen.roles, sequences: seen.sequences.map { base + $0 }, positions: seen.positions,
                width: seen.width, rows: seen.rows))
    }
}

extension Engine {
    /// Lends what the output matrix reads of one sequence: the residual stream behind the last layer, normed.
    func observeOutput(_ model: Model, _ x: Rows, sequence: Int, _ observer: InputObserver) {
        let normed = finalNorm(model, x, isWhole: false).weighted
        withExtendedLifetime(normed) {
            observer(
                InputObservation(
                    roles: [model.outputRole], sequences: Array(repeating: sequence, count: x.count),
                    positions: Array(0..<x.count), width: x.width, rows: normed.buffer))
        }
    }
}

extension Model {
    /// The role whose matrix makes logits: the output, or the embedding where they are tied.
    public var outputRole: Role { tensors[Role(.output)] == nil ? Role(.embedding) : Role(.output) }
}
