import Formats
import Inference
import Kernels
import Scoring
import Storage
import Tensors

/// One layer on its way through AWQ.
struct AWQLayer {
    let model: Model
    let planned: [Role: WeightFormat]
    let inputs: LayerInputs
    let compute: Compute
    let mostRows: Int

    /// The scales of each seam, one after another: a later one sees what earlier ones folded.
    func searched(_ layer: Int?) throws -> (Folding, [AWQ.Scaled]) {
        var (folding, found): (Folding, [AWQ.Scaled]) = (Folding(), [])
        guard let layer else { return (folding, []) }
        for seam in Seam.all(of: model, layer: layer) where isUsable(seam) {
            guard let size = sizes(seam), let reader = seam.readers.first(where: { planned[$0] != nil }) else {
                continue
            }
            let trials = (0..<AWQ.steps).map { step in
                var trial = folding
                trial.fold(seam, Self.scales(size, step: step))
                return trial
            }
            var errors = [Double](repeating: 0, count: trials.count)
            for role in seam.readers {
                try Interruption.check()
                guard let probe = probe(role) else { continue }
                for (step, trial) in trials.enumerated() { errors[step] += error(probe, trial) }
            }
            let best = errors.indices.min { (errors[$0], $0) < (errors[$1], $1) } ?? 0
            let alpha = Double(best) / Double(AWQ.steps)
            found.append(AWQ.Scaled(reader: reader, alpha: alpha, error: errors[best], plainError: errors[0]))
            if best > 0 { folding = trials[best] }
        }
        return (folding, found)
    }

    /// Whether all large matrices that would be scaled are rounded anyway; a router is not, and becomes float32.
    private func isUsable(_ seam: Seam) -> Bool {
        let readers = seam.readers.filter { QuantizationPlan.largeParts.contains($0.part) }
        let matrices = readers + (seam.writer.map { [$0] } ?? [])
        return !matrices.isEmpty && matrices.allSatisfy { planned[$0] != nil }
    }

    /// How strongly each channel is used: the mean magnitude of what its readers see of it. Nil where nothing was seen.
    private func sizes(_ seam: Seam) -> [Double]? {
        var (sums, count) = ([Double](repeating: 0, count: seam.channelCount), 0)
        var seen: Set<Role> = []
        for role in seam.readers {
            guard let keeper = inputs.keeper(of: role), seen.insert(keeper).inserted else { continue }
            inputs.withRows(of: keeper) { rows in
                for start in stride(from: 0, to: rows.count, by: seam.readerWidth) {
                    for column in 0..<seam.readerWidth {
                        sums[seam.channel(ofColumn: column)] += Double(rows[start + column].magnitude)
                    }
                    count += 1
                }
            }
        }
        return count == 0 ? nil : sums.map { $0 / Double(count) }
    }

    /// size^α with α in sixteenths, around one. Roots and products round alike on every machine.
    private static func scales(_ sizes: [Double], step: Int) -> [Float] {
        let powers = sizes.map { size in
            let root = size.squareRoot().squareRoot().squareRoot().squareRoot()
            return max((0..<step).reduce(1.0) { product, _ in product * root }, 1e-4)
        }
        let middle = ((powers.max() ?? 1) * (powers.min() ?? 1)).squareRoot()
        return powers.map { power in
            let scale = Float(power / middle)
            return scale.isFinite && scale > 0 ? scale : 1
        }
    }

    /// A matrix with some of the inputs that it saw.
    private struct Probe {
        let role: Role
        let matrix: Matrix
        let format: WeightFormat
        let meanSquares: [Float]?
        let count: Int
        /// - Shape: [count, columns].
        let inputs: [Float]
        /// What the whole matrix makes of them.
        /// - Shape: [count, rows].
        let outputs: [Float]
    }

    /// Nil for a matrix that is not rounded, or saw nothing.
    private func probe(_ role: Role) -> Probe? {
        guard let format = planned[role], let matrix = model.tensors[role], let keeper = inputs.keeper(of: role) else {
            return nil
        }
        let all = inputs.count(of: role)
        let count = min(all, mostRows)
        guard count > 0 else { return nil }
        var x: [Float] = []
        x.reserveCapacity(count * matrix.columns)
        inputs.withRows(of: keeper) { rows in
            for number in 0..<count {
                let start = number * all / count * matrix.columns
                x += rows[start..<start + matrix.columns]
            }
        }
        var outputs = [Float](repeating: 0, count: count * matrix.rows)
        compute.multiply(x, count: count, by: matrix, into: &outputs)
        return Probe(
            role: role, matrix: matrix, format: format, meanSquares: inputs.meanSquares(of: role), count: count,
            inputs: x, outputs: outputs)
    }

    /// Σ (y − ŷ)² over a probe's inputs, the matrix being rounded under a trial's factors.
    private func error(_ probe: Probe, _ trial: Folding) -> Double {
        let (matrix, role) = (probe.matrix, probe.role)
        let rounded = trial.matrix(matrix, role, as: probe.format, meanSquares: probe.meanSquares, compute)
        var scaled = probe.inputs
        if let factors = trial.columns[role] {
            for index in scaled.indices { scaled[index] /= factors[index % matrix.columns] }
        }
        var got = [Float](repeating: 0, count: probe.count * matrix.rows)
        compute.multiply(scaled, count: probe.count, by: rounded, into: &got)
        let rows = trial.rows[role]
        var total = 0.0
        for index in got.indices {
            let difference = Double(probe.outputs[index]) - Double(got[index] / (rows?[index % matrix.rows] ?? 1))
            total += difference * difference
        }
        return total
    }

    /// Puts the encoded tensors in a model, and what is folded into norms, biases and routers, as float32.
    func write(_ folding: Folding, isFoldedOnly: Bool, spill: SpillFile, to edited: inout Model) throws {
        for role in folding.touched.union(planned.keys).sorted() {
            try Interruption.check()
            guard let matrix = model.tensors[role] else { continue }
            let target = isFoldedOnly ? .block(.f32) : planned[role] ?? .block(.f32)
            guard let size = target.roomBytes(rows: matrix.rows, columns: matrix.columns) else { continue }
            let room = try spill.append(byteCount: size) {
                folding.encode(
                    matrix, role, as: target, meanSquares: inputs.meanSquares(of: role), compute, into: $0)
            }
            edited.tensors[role] = target.matrix(
                rows: matrix.rows, columns: matrix.columns, in: room.source, at: room.offset)
        }
    }
}
