import Kernels
import Tensors

/// Runs models: the forward pass over any number of sequences at once, from any layer and position on.
///
/// Each row's bits depend on its own sequence alone: not on the rows beside it, the number of threads, or whether earlier
/// positions came from a cache. Every guarantee about incremental patching rests on that.
public final class Engine: Sendable {
    /// The kernels and threads it runs on.
    public let compute: Compute

    public init(compute: Compute) { self.compute = compute }

    /// Takes lanes through a range of layers.
    ///
    /// All lanes enter the first layer at the same kind of start. Afterwards `output` holds each lane's residual stream
    /// behind the last layer.
    /// - Throws: `Interrupted`, checked at every layer.
    func forward(
        _ model: Model, lanes: [Lane], layers: Range<Int>, capture: Capture = Capture()
    ) throws(Interrupted) -> [LaneResult] {
        let pass = Pass(model: model, lanes: lanes, layers: layers, capture: capture)
        var x = layers.isEmpty ? startingRows(pass) : Rows(0, width: 0)
        for layer in layers {
            try Interruption.check()
            let entry = layer == layers.lowerBound ? lanes.first?.start : nil
            let middle: Rows
            if case .residMid? = entry {
                middle = startingRows(pass)
                pass.visit(.residMid, layer, middle, isEntry: true)
            } else {
                if entry != nil { x = startingRows(pass) }
                middle = middleRows(pass, layer, x, entry: entry)
                pass.visit(.residMid, layer, middle)
            }
            x = try fedForward(pass, layer, middle)
            pass.visit(.residPost, layer, x)
        }
        pass.finish(x, lastLayer: layers.upperBound)
        return pass.results
    }

    /// The residual stream between attention and feed-forward.
    private func middleRows(_ pass: Pass, _ layer: Int, _ x: Rows, entry: Lane.Start?) -> Rows {
        if case .z? = entry { return projected(pass, layer, z: startingZ(pass), residPre: x, isEntry: true) }
        var isEntry = false
        if case .residPre? = entry { isEntry = true }
        pass.visit(.residPre, layer, x, isEntry: isEntry)
        pass.keepResidual(layer, x)
        return projected(pass, layer, z: attended(pass, layer, x), residPre: x)
    }

    /// The lanes' starting rows below one another: embeddings, or the residual stream they enter with.
    private func startingRows(_ pass: Pass) -> Rows {
        let rows = Rows(pass.rowCount, width: pass.blueprint.hiddenSize)
        for (lane, range) in zip(pass.lanes, pass.laneRows) {
            switch lane.start {
            case .tokens:
                let embedding = pass.model.tensors[Role(.embedding)]
                for (row, token) in zip(range, lane.tokens[lane.first...]) {
                    if let embedding { compute.decodeRow(embedding, row: token, into: rows[row]) }
                }
            case .residPre(let start), .z(_, residPre: let start), .residMid(let start):
                rows[range.lowerBound].update(from: start.pointer, count: range.count * rows.width)
            }
        }
        if case .tokens? = pass.lanes.first?.start { pass.visit(.embed, nil, rows) }
        return rows
    }

    private func startingZ(_ pass: Pass) -> Rows {
        let rows = Rows(pass.rowCount, width: pass.blueprint.headCount * pass.blueprint.headDimension)
        for (lane, range) in zip(pass.lanes, pass.laneRows) {
            if case .z(let start, residPre: _) = lane.start {
                rows[range.lowerBound].update(from: start.pointer, count: range.count * rows.width)
            }
        }
        return rows
    }

    /// The logits of some rows of a residual stream behind the last layer.
    /// - Shape: [row, vocabulary].
    func logits(_ model: Model, _ x: Rows) -> Rows {
        let normed = finalNorm(model, x).weighted
        let result = Rows(x.count, width: model.blueprint.vocabularyCount)
        if let output = model.outputMatrix {
            compute.multiply(normed.pointer, count: x.count, by: output, bias: nil, into: result.pointer)
        }
        return result
    }

    /// The last norm's pieces for some rows.
    func finalNorm(_ model: Model, _ x: Rows) -> NormedRows {
        normed(x, weight: model.vector(Role(.finalNorm), compute) ?? [], epsilon: model.blueprint.normEpsilon)
    }

    /// An RMS norm with its parts.
    func normed(_ x: Rows, weight: [Float], epsilon: Float) -> NormedRows {
        let result = NormedRows(count: x.count, width: x.width)
        compute.rmsNorm(
            x.pointer, rows: x.count, width: x.width, epsilon: epsilon, weight: weight, scale: result.scale.pointer,
            normalized: result.normalized.pointer, into: result.weighted.pointer)
        return result
    }

    /// x · wᵀ + bias for the role's matrix, and its bias where the model has one.
    func product(_ pass: Pass, _ x: Rows, _ part: Role.Part, bias: Role.Part?, layer: Int) -> Rows {
        let matrix = pass.model.matrix(Role(part, layer: layer))
        let result = Rows(x.count, width: matrix.rows)
        let offsets = bias.flatMap { pass.model.vector(Role($0, layer: layer), compute) }
        compute.multiply(x.pointer, count: x.count, by: matrix, bias: offsets, into: result.pointer)
        return result
    }
}

/// What an RMS norm makes of some rows.
struct NormedRows {
    let scale: Rows
    let normalized: Rows
    let weighted: Rows

    init(count: Int, width: Int) {
        scale = Rows(count, width: 1)
        normalized = Rows(count, width: width)
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
    func vector(_ role: Role, _ compute: Compute) -> [Float]? {
        guard let matrix = tensors[role] else { return nil }
        return [Float](unsafeUninitializedCapacity: matrix.columns) { buffer, count in
            if let base = buffer.baseAddress { compute.decodeRow(matrix, row: 0, into: base) }
            count = matrix.columns
        }
    }
}
