import Inference
import Kernels
import Language
import Plots

/// What the prompt and `info` say of a selection.
struct SelectionText {
    let selection: Selection

    private var model: Model { selection.owner.model }
    private var blueprint: Blueprint { model.blueprint }

    /// The roles of the weights that the selection owns: nothing for heads' and sites' values.
    var roles: [Role] {
        let parts = selection.presentParts
        return model.tensors.keys.filter { role in
            switch selection.unit {
            case .layers: selection.layers.contains(role.layer ?? -1)
            case .routers: [.router, .routerBias].contains(role.part) && selection.layers.contains(role.layer ?? -1)
            case .experts, .channels:
                role.expert != nil && parts.contains(.init(layer: role.layer ?? -1, member: role.expert))
            case .heads, .site, .expertSite: false
            }
        }.sorted()
    }

    var bytes: Int { roles.reduce(0) { $0 + (model.tensors[$1]?.byteCount ?? 0) } }

    var text: String {
        let parts = selection.presentParts
        let holes = selection.parts.count - parts.count
        var facts = [title(parts)]
        if bytes > 0 { facts += [NumberText.bytes(bytes), formats] }
        if holes > 0 { facts.append("\(holes) holes in layers without experts") }
        if parts.count == 1, let detail = detail(parts[0]) { facts.append(detail) }
        let line = facts.joined(separator: " · ")
        guard parts.count == 1, !roles.isEmpty, selection.unit != .channels else { return line }
        return line + "\n" + weightsTable.plain
    }

    /// The weights of one part, else the parts.
    var table: ValueTable? { roles.isEmpty ? nil : weightsTable }

    private var weightsTable: ValueTable {
        var rows: [[ValueTable.Cell]] = []
        var stacks: [Role.Part: [Role]] = [:]
        for role in roles { stacks[role.part, default: []].append(role) }
        for part in Role.Part.allCases {
            guard let roles = stacks[part] else { continue }
            let weight = WeightValue(owner: selection.owner, name: part.memberName, roles: roles)
            rows.append([
                .text(part.memberName), .text(weight.shape.map(String.init).joined(separator: "×")),
                .text(weight.formats.joined(separator: ", ")), .bytes(weight.byteCount),
            ])
        }
        return ValueTable(columns: ["weight", "shape", "type", "bytes"], rows: rows)
    }

    private var formats: String {
        WeightValue(owner: selection.owner, name: "", roles: roles).formats.joined(separator: ", ")
    }

    private func title(_ parts: [Selection.Part]) -> String {
        let layers = selection.layers.count == 1 ? "layer \(selection.layers[0])" : "\(selection.layers.count) layers"
        guard parts.count != 1 else {
            let part = parts[0]
            return switch selection.unit {
            case .layers: "layer \(part.layer)"
            case .routers: "router of layer \(part.layer)"
            case .heads(let kind): "head L\(part.layer)H\(part.member ?? 0) · \(Sites.row(of: kind).member)"
            case .experts: "expert L\(part.layer)E\(part.member ?? 0)"
            case .site(let kind): Site(kind, layer: part.layer).name
            case .expertSite(let kind): Site(kind, layer: part.layer, expert: part.member).name
            case .channels: "\(selection.channels.count) channels of expert L\(part.layer)E\(part.member ?? 0)"
            }
        }
        if case .site(let kind) = selection.unit { return "\(Sites.row(of: kind).member) of \(layers)" }
        return "\(parts.count) \(selection.typeName) in \(layers)"
    }

    private func detail(_ part: Selection.Part) -> String? {
        let layer = blueprint.layers[part.layer]
        switch selection.unit {
        case .layers:
            let window = layer.window.map { "attention over \($0) positions" } ?? "attention over all positions"
            let kept =
                model.keptExperts[part.layer].map { ", kept \($0.map(String.init).joined(separator: " "))" } ?? ""
            let shared = layer.sharedExpertWidth.map { ", and one of width \($0) for every token" } ?? ""
            return layer.expertCount > 0
                ? "\(window) · \(layer.expertCount) experts, top \(layer.activeExpertCount)\(kept)\(shared)"
                : "\(window) · dense, width \(layer.feedForwardWidth)"
        case .routers:
            let kept = model.keptExperts[part.layer].map {
                "restricted to \($0.map(String.init).joined(separator: " "))"
            }
            return kept ?? "chooses \(layer.activeExpertCount) of \(layer.expertCount)"
        case .heads:
            let group = (part.member ?? 0) / blueprint.headsPerGroup
            let mates = (group * blueprint.headsPerGroup..<(group + 1) * blueprint.headsPerGroup).map(String.init)
            return
                "dimension \(blueprint.headDimension) · k and v of group \(group), shared by heads \(mates.joined(separator: " "))"
        case .experts:
            let original = selection.owner.originalExperts[part.layer][part.member ?? 0]
            return original == part.member ? nil : "was expert \(original) when opened"
        case .site(let kind), .expertSite(let kind): return Sites.row(of: kind).meaning
        case .channels: return nil
        }
    }
}
