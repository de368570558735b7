import Kernels

/// A layer's experts over the rows of a pass: rows are gathered by expert, so that each expert's weights are read once.
struct ExpertLayer {
    let pass: Pass
    let layer: Int
    let engine: Engine
    let inputs: Rows
    let routing: Routing

    /// One expert's share of the gathered rows.
    private struct Group {
        let expert: Int
        /// The rows of the pass that chose it, ascending.
        let members: [Int]
        /// Where its rows begin among the gathered ones.
        let start: Int
    }

    /// What the experts add together; the pass's observer sees the parts.
    /// - Shape: [row, hidden].
    func sum(residual: Rows) -> Rows {
        let (groups, places) = grouped()
        let gathered = inputs.gathered(groups.flatMap(\.members))
        let gate = product(groups, gathered, .gate, .gateBias)
        let up = product(groups, gathered, .up, .upBias)
        visit(.expertPre, groups, gate)
        visit(.expertPreLinear, groups, up)
        let post = Rows(gathered.count, width: gate.width)
        engine.activate(
            pass.blueprint.activation, gate: gate.pointer, up: up.pointer, count: post.count * post.width,
            into: post.pointer)
        visit(.expertPost, groups, post)
        let out = product(groups, post, .down, .downBias)
        visit(.expertOut, groups, out)
        let total = combined(out, places)
        observe(out, places, total, residual)
        return total
    }

    /// The rows by expert, and for each (row, slot) its place among the gathered rows.
    private func grouped() -> (groups: [Group], places: [Int]) {
        var members: [[Int]] = Array(repeating: [], count: routing.logits.width)
        for (place, expert) in routing.indices.enumerated() { members[expert].append(place / routing.slotCount) }
        var groups: [Group] = []
        var start = 0
        for (expert, rows) in members.enumerated() where !rows.isEmpty {
            groups.append(Group(expert: expert, members: rows, start: start))
            start += rows.count
        }
        var next = Dictionary(uniqueKeysWithValues: groups.map { ($0.expert, $0.start) })
        let places = routing.indices.map { expert in
            let place = next[expert, default: 0]
            next[expert] = place + 1
            return place
        }
        return (groups, places)
    }

    /// Each group's rows times its expert's matrix, all experts in one parallel region.
    private func product(_ groups: [Group], _ x: Rows, _ part: Role.Part, _ bias: Role.Part) -> Rows {
        let width = groups.first.map { matrix(part, $0.expert).rows } ?? 0
        let result = Rows(x.count, width: width)
        let biases = groups.map { group in
            pass.model.vector(Role(bias, layer: layer, expert: group.expert), engine.compute).map {
                Rows($0, width: width)
            }
        }
        let jobs = zip(groups, biases).map { group, bias in
            MatmulJob(
                x: x[group.start], count: group.members.count, matrix: matrix(part, group.expert),
                bias: bias.map { UnsafePointer($0.pointer) }, y: result[group.start])
        }
        withExtendedLifetime(biases) { engine.compute.multiply(jobs) }
        return result
    }

    private func matrix(_ part: Role.Part, _ expert: Int) -> Matrix {
        pass.model.matrix(Role(part, layer: layer, expert: expert))
    }

    private func visit(_ kind: SiteKind, _ groups: [Group], _ rows: Rows) {
        for group in groups {
            pass.visitExpert(
                kind, layer, group.expert, rows[group.start], width: rows.width, members: group.members)
        }
    }

    /// Outputs weighted and added in slot order, the largest logit first.
    private func combined(_ out: Rows, _ places: [Int]) -> Rows {
        let total = Rows(inputs.count, width: inputs.width)
        let slots = routing.slotCount
        engine.compute.pool.forEach(inputs.count) { row in
            for slot in 0..<slots {
                engine.compute.addScaled(
                    out[places[row * slots + slot]], count: total.width, weight: routing.weights[row][slot],
                    to: total[row])
            }
        }
        return total
    }

    private func observe(_ out: Rows, _ places: [Int], _ total: Rows, _ residual: Rows) {
        guard let observer = pass.capture.observer else { return }
        let ordered = out.gathered(places)
        observer(
            ExpertObservation(
                layer: layer, lanes: pass.rowLanes, positions: pass.rowPositions, slotCount: routing.slotCount,
                logits: routing.logits.buffer, indices: routing.indices, weights: routing.weights.buffer,
                outputs: ordered.buffer, inputs: inputs.buffer, sum: total.buffer, residual: residual.buffer))
    }
}

extension Rows {
    /// All its values, lent.
    var buffer: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: pointer, count: count * width) }
}
