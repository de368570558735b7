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
        let out = supplied(groups)
        let total = combined(out, places)
        observe(out, places, total, residual)
        return total
    }

    /// What the experts make of their rows; under a supply in the order in which they come into memory, to the same bits.
    /// - Shape: [gathered row, hidden].
    private func supplied(_ groups: [Group]) -> Rows {
        guard let supply = engine.supply else { return outputs(groups) }
        let out = Rows(routing.indices.count, width: inputs.width)
        let uses = groups.map { ExpertUse(expert: $0.expert, tokens: $0.members.count) }
        supply.withExperts(uses, layer: layer, of: pass.model) { batch in
            var start = 0
            let members = batch.map { index in
                defer { start += groups[index].members.count }
                return Group(expert: groups[index].expert, members: groups[index].members, start: start)
            }
            let part = outputs(members)
            for (index, group) in zip(batch, members) {
                out[groups[index].start].update(from: part[group.start], count: group.members.count * out.width)
            }
        }
        return out
    }

    /// What some experts make of their rows.
    /// - Shape: [row of the groups, hidden].
    private func outputs(_ groups: [Group]) -> Rows {
        let gathered = engine.gathered(inputs, groups.flatMap(\.members))
        let inner = products(groups, gathered, [(.gate, .gateBias), (.up, .upBias)])
        let (gate, up) = (inner[0], inner[1])
        visit(.expertPre, groups, gate)
        visit(.expertPreLinear, groups, up)
        let post = engine.activated(pass.blueprint.activation, gate: gate, up: up)
        visit(.expertPost, groups, post)
        let out = products(groups, post, [(.down, .downBias)])[0]
        visit(.expertOut, groups, out)
        return out
    }

    /// The rows by expert, and for each (row, slot) its place among the gathered rows.
    private func grouped() -> (groups: [Group], places: [Int]) {
        var members: [[Int]] = Array(repeating: [], count: routing.logits.width)
        for (place, expert) in routing.indices.enumerated() { members[expert].append(place / routing.slotCount) }
        var groups: [Group] = []
        var next = Array(repeating: 0, count: members.count)
        var start = 0
        for (expert, rows) in members.enumerated() where !rows.isEmpty {
            groups.append(Group(expert: expert, members: rows, start: start))
            next[expert] = start
            start += rows.count
        }
        let places = routing.indices.map { expert in
            defer { next[expert] += 1 }
            return next[expert]
        }
        return (groups, places)
    }

    /// Each group's rows times its expert's matrices of some kinds, all in one parallel region.
    private func products(_ groups: [Group], _ x: Rows, _ parts: [(matrix: Role.Part, bias: Role.Part)]) -> [Rows] {
        var jobs: [MatmulJob] = []
        jobs.reserveCapacity(parts.count * groups.count)
        var biases: [Rows] = []
        let experts = pass.model.experts(layer)
        let results = parts.map { part, biasPart in
            let (matrices, encodedBiases) = (experts[part], experts[biasPart])
            let result = Rows(x.count, width: groups.first.flatMap { matrices[$0.expert]?.rows } ?? 0)
            let bias = Rows(encodedBiases.contains { $0 != nil } ? groups.count : 0, width: result.width)
            for (index, group) in groups.enumerated() {
                guard let matrix = matrices[group.expert] else {
                    preconditionFailure("a bound model lacks \(part) of expert \(group.expert) in layer \(layer)")
                }
                let encoded = encodedBiases[group.expert]
                if let encoded { engine.compute.decodeRow(encoded, row: 0, into: bias[index]) }
                jobs.append(
                    MatmulJob(
                        x: x[group.start], count: group.members.count, matrix: matrix,
                        bias: encoded == nil ? nil : UnsafePointer(bias[index]), y: result[group.start]))
            }
            biases.append(bias)
            return result
        }
        for group in groups {
            pass.observeInputs(x[group.start], width: x.width, members: group.members) {
                parts.map { Role($0.matrix, layer: layer, expert: group.expert) }
            }
        }
        withExtendedLifetime((x, biases, experts)) { engine.compute.multiply(jobs) }
        return results
    }

    private func visit(_ kind: SiteKind, _ groups: [Group], _ rows: Rows) {
        if pass.isPlain { return }
        for group in groups {
            pass.visitExpert(
                kind, layer, group.expert, rows[group.start], width: rows.width, members: group.members)
        }
    }

    /// Outputs weighted and added in slot order, the largest logit first.
    private func combined(_ out: Rows, _ places: [Int]) -> Rows {
        let total = Rows(inputs.count, width: inputs.width)
        let slots = routing.slotCount
        engine.share(inputs.count, width: inputs.width * slots) { part in
            for row in part {
                total[row].update(repeating: 0, count: total.width)
                for slot in 0..<slots {
                    engine.compute.addScaled(
                        out[places[row * slots + slot]], count: total.width, weight: routing.weights[row][slot],
                        to: total[row])
                }
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
