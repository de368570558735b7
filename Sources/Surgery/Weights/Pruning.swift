import Formats
import Inference
import Kernels
import Scoring
import Tensors

/// Experts removed for good: their tensors go, and the rest are numbered anew.
public enum Pruning {
    /// Keeps a plan's experts; router rows and biases are sliced with them, and masks and interventions renumbered.
    ///
    /// Runs of the result have the bits of runs under the same restriction.
    /// - Returns: The edit with each kept expert's earlier number.
    /// - Throws: `SurgeryError` if the plan is for another model, leaves too few experts, or an intervention depends on
    ///   an expert that goes.
    public static func prune(_ model: Model, keep plan: Plan) throws(SurgeryError) -> Edit {
        // A restriction to the plan finds out whether enough unmasked experts are left.
        _ = try Restriction.restrict(model, keep: plan)
        var edited = model
        edited.tensors = [:]
        let renumbered = plan.kept.map { row in
            row.map { Dictionary(uniqueKeysWithValues: $0.enumerated().map { ($1, $0) }) }
        }
        for (role, matrix) in model.tensors {
            guard let layer = role.layer, let kept = plan.kept[layer] else {
                edited.tensors[role] = matrix
                continue
            }
            if let expert = role.expert {
                if let number = renumbered[layer]?[expert] {
                    edited.tensors[Role(role.part, layer: layer, expert: number)] = matrix
                }
            } else if role.part == .router {
                edited.tensors[role] = matrix.keeping(rows: kept)
            } else if role.part == .routerBias {
                edited.tensors[role] = try matrix.keeping(columns: kept, role)
            } else {
                edited.tensors[role] = matrix
            }
        }
        for (layer, row) in plan.kept.enumerated() {
            guard let row, case .experts(_, let active, let width) = model.blueprint.layers[layer].feedForward else {
                continue
            }
            edited.blueprint.layers[layer].feedForward = .experts(count: row.count, active: active, width: width)
            edited.keptExperts[layer] = mask(model.keptExperts[layer], row)
        }
        edited.interventions = []
        for intervention in model.interventions {
            let layer = intervention.site.layer
            guard let layer, let row = plan.kept[layer] else {
                edited.interventions.append(intervention)
                continue
            }
            if let changed = intervention.renumbered(row) { edited.interventions.append(changed) }
        }
        return Edit(model: edited, summary: summary(model, edited, plan), originalExperts: plan.kept)
    }

    /// The mask over the kept experts; nil if it masks none of them.
    private static func mask(_ mask: [Int]?, _ kept: [Int]) -> [Int]? {
        guard let mask else { return nil }
        let left = kept.indices.filter { mask.contains(kept[$0]) }
        return left.count == kept.count ? nil : left
    }

    private static func summary(_ model: Model, _ edited: Model, _ plan: Plan) -> String {
        let before = model.blueprint.layers.map(\.expertCount).filter { $0 > 0 }
        return "prune \(Restriction.phrase(before)) experts a layer to \(Restriction.phrase(plan.keptCounts)): "
            + "\(model.byteCount) bytes to \(edited.byteCount)"
    }
}

extension Intervention {
    /// The same change among the kept experts of its layer; nil if it is of one that goes.
    func renumbered(_ kept: [Int]) -> Intervention? {
        if let expert = site.expert {
            return kept.firstIndex(of: expert).map { number in
                Intervention(
                    site: Site(site.kind, layer: site.layer, expert: number), part: part, positions: positions,
                    action: action)
            }
        }
        guard site.kind == .routerLogits else { return self }
        let experts: [Int]?
        if case .experts(let some) = part { experts = some } else { experts = nil }
        // Places of the part's elements that stay, and the numbers of their experts afterwards.
        let places = (experts ?? kept).enumerated().compactMap { place, expert in
            kept.firstIndex(of: expert).map { (place: experts == nil ? expert : place, number: $0) }
        }
        guard !places.isEmpty else { return nil }
        let changed: Action
        switch action {
        case .constant(let values): changed = .constant(places.map { values[$0.place] })
        case .replace(let tensor): changed = .replace(tensor.gathered(places.map(\.place), axis: 1))
        case .zero, .scale: changed = action
        }
        return Intervention(
            site: site, part: experts == nil ? .whole : .experts(places.map(\.number)), positions: positions,
            action: changed)
    }
}
