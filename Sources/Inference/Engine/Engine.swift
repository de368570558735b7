import Kernels
import Tensors

/// Runs models: the forward pass over any number of sequences at once, from any layer and position on.
///
/// Each row's bits depend on its own sequence alone: not on the rows beside it, the number of threads, or whether earlier
/// positions came from a cache. Every guarantee about incremental patching rests on that.
public final class Engine: Sendable {
    /// The kernels and threads it runs on.
    public let compute: Compute
    /// How it computes, as far as results depend on it.
    public let arithmetic: Arithmetic
    /// Who brings weights into memory before they are read; nil where they are read where they lie.
    public let supply: (any ExpertSupply)?

    /// An engine over a pool's threads; the arithmetic's precision goes before the pool's.
    public init(compute: Compute, arithmetic: Arithmetic = Arithmetic(), supply: (any ExpertSupply)? = nil) {
        self.compute = Compute(compute, precision: arithmetic.precision)
        self.arithmetic = arithmetic
        self.supply = supply
    }

    /// The same threads and kernels with another arithmetic.
    public func under(_ arithmetic: Arithmetic) -> Engine {
        arithmetic == self.arithmetic ? self : Engine(compute: compute, arithmetic: arithmetic, supply: supply)
    }

    /// Takes lanes through a range of layers.
    ///
    /// All lanes enter the first layer at the same kind of start. Afterwards `output` holds each lane's residual stream
    /// behind the last layer, at the positions it wants.
    /// - Throws: `Interrupted`, checked at every layer.
    func forward(
        _ model: Model, lanes: [Lane], layers: Range<Int>, capture: Capture = Capture()
    ) throws(Interrupted) -> [LaneResult] {
        let pass = Pass(model: model, lanes: lanes, layers: layers, capture: capture)
        supply?.beginPass(model, tokens: pass.rowCount)
        var x = layers.isEmpty ? startingRows(pass) : Rows(0, width: 0)
        for layer in layers {
            try Interruption.check()
            let entry = layer == layers.lowerBound ? lanes.first?.start : nil
            let middle = middleRows(pass, layer, x, entry: entry)
            if capture.endsBeforeFeedForward { return pass.results }
            x = try fedForward(pass, layer, middle)
            pass.visit(.residPost, layer, x)
        }
        pass.finish(x, lastLayer: layers.upperBound)
        return pass.results
    }

    /// The residual stream between attention and feed-forward, of the rows that the layer goes on with.
    private func middleRows(_ pass: Pass, _ layer: Int, _ x: Rows, entry: Lane.Start?) -> Rows {
        let middle: Rows
        switch entry {
        case .residMid:
            _ = pass.narrow(in: layer)
            middle = startingRows(pass)
            pass.visit(.residMid, layer, middle, isEntry: true)
            return middle
        case .z:
            _ = pass.narrow(in: layer)
            middle = projected(pass, layer, z: startingZ(pass), residPre: startingRows(pass), isEntry: true)
        case .tokens: middle = attended(pass, layer, startingRows(pass))
        case .residPre: middle = attended(pass, layer, startingRows(pass), isEntry: true)
        case nil: middle = attended(pass, layer, x)
        }
        pass.visit(.residMid, layer, middle)
        return middle
    }

    /// The lanes' starting rows below one another: embeddings, or the residual stream they enter with.
    private func startingRows(_ pass: Pass) -> Rows {
        let rows = Rows(pass.rowCount, width: pass.blueprint.hiddenSize)
        for (lane, range) in zip(pass.lanes, pass.laneRows) {
            switch lane.start {
            case .tokens: break
            case .residPre(let start), .z(_, residPre: let start), .residMid(let start):
                for row in range {
                    rows[row].update(from: start[pass.rowPositions[row]], count: rows.width)
                }
            }
        }
        guard case .tokens? = pass.lanes.first?.start else { return rows }
        let embedding = pass.model.matrix(Role(.embedding))
        let tokens = zip(pass.rowLanes, pass.rowPositions).map { pass.lanes[$0].tokens[$1] }
        share(rows.count, width: rows.width) { part in
            for row in part { compute.decodeRow(embedding, row: tokens[row], into: rows[row]) }
        }
        pass.visit(.embed, nil, rows)
        return rows
    }

    private func startingZ(_ pass: Pass) -> Rows {
        let rows = Rows(pass.rowCount, width: pass.blueprint.headCount * pass.blueprint.headDimension)
        for (lane, range) in zip(pass.lanes, pass.laneRows) {
            guard case .z(let start, residPre: _) = lane.start else { continue }
            for row in range {
                rows[row].update(from: start[pass.rowPositions[row]], count: rows.width)
            }
        }
        return rows
    }

    /// The logits of some rows of a residual stream behind the last layer.
    /// - Shape: [row, vocabulary].
    func logits(_ model: Model, _ x: Rows) -> Rows {
        let normed = finalNorm(model, x, isWhole: false).weighted
        let result = Rows(x.count, width: model.blueprint.vocabularyCount)
        if let output = model.outputMatrix {
            compute.multiply(normed.pointer, count: x.count, by: output, bias: nil, into: result.pointer)
        }
        return result
    }

    /// Rows whose logits are worked out at once: enough to share the reading and the unpacking of the output matrix, in as much
    /// memory as half of what rows may keep.
    static func logitRows(_ model: Model) -> Int {
        let rows = max(1, RowMemory.most / 2 / max(1, model.blueprint.vocabularyCount))
        return rows < 16 ? rows : rows / 16 * 16
    }

    /// The last norm's pieces for some rows.
    func finalNorm(_ model: Model, _ x: Rows, isWhole: Bool = true) -> NormedRows {
        normed(
            x, weight: model.vector(Role(.finalNorm), compute), epsilon: model.blueprint.normEpsilon, isWhole: isWhole)
    }

    /// An RMS norm; with its parts if `isWhole`.
    func normed(_ x: Rows, weight: Rows?, epsilon: Float, isWhole: Bool) -> NormedRows {
        let result = NormedRows(count: x.count, width: x.width, isWhole: isWhole)
        withExtendedLifetime((x, weight)) {
            share(x.count, width: x.width) { rows in
                compute.rmsNorm(
                    x[rows.lowerBound], rows: rows.count, width: x.width, epsilon: epsilon, weight: weight?.pointer,
                    scale: isWhole ? result.scale[rows.lowerBound] : nil,
                    normalized: isWhole ? result.normalized[rows.lowerBound] : nil,
                    into: result.weighted[rows.lowerBound])
            }
        }
        return result
    }

    /// Calls the body with runs of rows, on all threads where there is enough work for them.
    func share(_ count: Int, width: Int, _ body: (Range<Int>) -> Void) {
        let part = min(Self.mostShared, max(Self.leastShared, count * width / compute.pool.threads))
        compute.pool.forEachRange(count, chunk: max(1, part / max(1, width)), body)
    }

    /// Elements that a thread takes at a time: fewer are not worth another thread, more leave some without.
    private static let leastShared = 1 << 12
    private static let mostShared = 1 << 14

    /// A copy of some rows, in the given order.
    func gathered(_ rows: Rows, _ members: [Int]) -> Rows {
        let result = Rows(members.count, width: rows.width)
        withExtendedLifetime((rows, result)) {
            share(members.count, width: rows.width) { part in
                for to in part { result[to].update(from: rows[members[to]], count: rows.width) }
            }
        }
        return result
    }
}

/// What an RMS norm makes of some rows.
struct NormedRows {
    let scale: Rows
    let normalized: Rows
    let weighted: Rows

    /// Room for the rows; without room for scales and for what is not weighted yet unless `isWhole`.
    init(count: Int, width: Int, isWhole: Bool) {
        scale = Rows(isWhole ? count : 0, width: 1)
        normalized = Rows(isWhole ? count : 0, width: width)
        weighted = Rows(count, width: width)
    }
}

extension Model {
    /// The tensor of a role that the blueprint calls for; the door that built the model has checked that it is there.
    func matrix(_ role: Role) -> Matrix {
        guard let matrix = tensors[role] else { preconditionFailure("a bound model lacks \(role)") }
        return matrix
    }

    /// A vector decoded to float32, or nil if the model has none.
    /// - Shape: [one, element].
    func vector(_ role: Role, _ compute: Compute) -> Rows? {
        guard let matrix = tensors[role] else { return nil }
        let vector = Rows(1, width: matrix.columns)
        compute.decodeRow(matrix, row: 0, into: vector.pointer)
        return vector
    }
}
