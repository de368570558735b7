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
            try Interruption.check()
            guard let size = sizes(seam) else { continue }
            var best: (alpha: Double, error: Double, scales: [Float])?
            var plain = 0.0
            for step in 0..<AWQ.steps {
                let alpha = Double(step) / Double(AWQ.steps)
                let scales = Self.scales(size, step: step)
                var trial = folding
                trial.fold(seam, scales)
                let error = seam.readers.reduce(0.0) { $0 + self.error($1, folding, trial) }
                if step == 0 { plain = error }
                if best.map({ error < $0.error }) ?? true { best = (alpha, error, scales) }
            }
            guard let best, let reader = seam.readers.first(where: { planned[$0] != nil }) else { continue }
            found.append(AWQ.Scaled(reader: reader, alpha: best.alpha, error: best.error, plainError: plain))
            if best.alpha > 0 { folding.fold(seam, best.scales) }
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

    /// Σ (y − ŷ)² over some of the inputs that a matrix saw, rounded under a trial's factors.
    /// - Parameter held: What is folded already: it is in the inputs and the weights alike.
    private func error(_ role: Role, _ held: Folding, _ trial: Folding) -> Double {
        guard let format = planned[role], let matrix = model.tensors[role], let keeper = inputs.keeper(of: role) else {
            return 0
        }
        let all = inputs.count(of: role)
        let count = min(all, mostRows)
        guard count > 0 else { return 0 }
        let columns = matrix.columns
        let rounded = trial.matrix(matrix, role, as: format, compute)
        var (x, scaled) = ([Float](), [Float]())
        x.reserveCapacity(count * columns)
        scaled.reserveCapacity(count * columns)
        let factors = trial.columns[role]
        inputs.withRows(of: keeper) { rows in
            for number in 0..<count {
                let start = number * all / count * columns
                for column in 0..<columns {
                    x.append(rows[start + column])
                    scaled.append(rows[start + column] / (factors?[column] ?? 1))
                }
            }
        }
        var (wanted, got) = (
            [Float](repeating: 0, count: count * matrix.rows), [Float](repeating: 0, count: count * matrix.rows)
        )
        compute.multiply(x, count: count, by: matrix, into: &wanted)
        compute.multiply(scaled, count: count, by: rounded, into: &got)
        let rows = trial.rows[role]
        var total = 0.0
        for index in wanted.indices {
            let factor = rows?[index % matrix.rows] ?? 1
            let difference = Double(wanted[index]) - Double(got[index] / factor)
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
            let room = try spill.append(byteCount: size) { folding.encode(matrix, role, as: target, compute, into: $0) }
            edited.tensors[role] = target.matrix(
                rows: matrix.rows, columns: matrix.columns, in: room.source, at: room.offset)
        }
    }
}
