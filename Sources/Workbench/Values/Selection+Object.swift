import Documents
import Inference
import Language
import Plots

extension Selection: SessionValue {
    public var typeName: String {
        let isMany = hasMembers ? !isOneMember || !isOneLayer : !isOneLayer
        let name =
            switch unit {
            case .layers: "layer"
            case .routers: "router"
            case .heads: "head"
            case .experts: "expert"
            case .site, .expertSite: "site"
            case .channels: "channels"
            }
        return isMany && unit != .channels ? name + "s" : name
    }

    public var members: [Member] {
        switch unit {
        case .layers:
            [
                Member("heads", "its attention heads"), Member("experts", "its experts"),
                Member("router", "its router"),
                Member("attention", "what its attention adds"), Member("moe", "what its experts or feed-forward add"),
                Member("tensors", "its weights by name"),
            ] + Self.layerSites.map { Member($0.member, $0.meaning) } + Self.weightMembers(inExpert: false)
        case .heads:
            [SiteKind.z, .query, .key, .value, .pattern, .scores].map {
                Member(Sites.row(of: $0).member, Sites.row(of: $0).meaning)
            }
        case .experts:
            Self.expertSites.map { Member($0.member, $0.meaning) } + [Member("channels", "the channels inside it")]
                + Self.weightMembers(inExpert: true)
        case .routers: [Member("logits", "its logits"), Member("weight", "its rows"), Member("bias", "its bias")]
        case .site, .expertSite, .channels: []
        }
    }

    public func member(_ name: String) throws(LanguageError) -> Value {
        switch unit {
        case .layers: try layerMember(name)
        case .heads:
            if let row = Self.headSites.first(where: { $0.member == name }) {
                selection(.heads(row.kind))
            } else {
                throw missing(name)
            }
        case .experts: try expertMember(name)
        case .routers:
            switch name {
            case "logits": selection(.site(.routerLogits))
            case "weight": try weight(.router)
            case "bias": try weight(.routerBias)
            default: throw missing(name)
            }
        case .site, .expertSite, .channels: throw missing(name)
        }
    }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        if unit == .channels { return try indexedChannels(indices) }
        let axes = (isOneLayer ? 0 : 1) + (hasMembers && !isOneMember ? 1 : 0)
        guard indices.count <= axes else {
            throw LanguageError(.index, "\(typeName) take \(axes) \(axes == 1 ? "index" : "indices")", index: axes)
        }
        var picked = (layers: layers, ordinals: ordinals, isOneLayer: isOneLayer, isOneMember: isOneMember)
        for (place, index) in indices.enumerated() {
            if place == 0, !isOneLayer {
                picked.layers = try index.resolved(count: layers.count, of: "the model's layers", at: place).map {
                    layers[$0]
                }
                picked.isOneLayer = index.dropsAxis
            } else {
                let what = "layer \(picked.layers.map(String.init).joined(separator: ", ")) of \(memberName)"
                picked.ordinals = try index.resolved(count: ordinals.count, of: what, at: place).map { ordinals[$0] }
                picked.isOneMember = index.dropsAxis
            }
        }
        let result = Selection(
            owner, unit, layers: picked.layers, ordinals: picked.ordinals, isOneLayer: picked.isOneLayer,
            isOneMember: picked.isOneMember)
        if result.presentParts.isEmpty { throw result.empty }
        return .object(result)
    }

    public func elements() throws(LanguageError) -> [Value]? {
        guard hasMembers, unit != .channels else {
            return layers.map { .object(Selection(owner, unit, layers: [$0], isOneLayer: true)) }
        }
        return layers.flatMap { layer in
            ordinals.map { member in
                Value.object(
                    Selection(owner, unit, layers: [layer], ordinals: [member], isOneLayer: true, isOneMember: true))
            }
        }
    }

    public func text(_ options: TextOptions) -> String { SelectionText(selection: self).text }

    public var json: JSON {
        .fields([
            ("kind", .string(typeName)), ("layers", .array(layers.map { .whole($0) })),
            ("members", .array(ordinals.map { .whole($0) })), ("channels", .array(channels.map { .whole($0) })),
        ])
    }

    public var table: ValueTable? { SelectionText(selection: self).table }

    public func absorb(into digest: inout ValueDigest) {
        digest.mix(String(describing: unit))
        for part in presentParts {
            digest.mix(part.layer)
            digest.mix(part.member ?? -1)
        }
        for channel in channels { digest.mix(channel) }
        for role in SelectionText(selection: self).roles {
            if let matrix = owner.model.tensors[role] { digest.mix(matrix) }
        }
    }
}

extension Selection {
    private static let headKinds: Set<SiteKind> = [
        .query, .key, .value, .rotatedQuery, .rotatedKey, .scores, .pattern, .z,
    ]
    static let headSites = Sites.all.filter { headKinds.contains($0.kind) }
    static let expertSites = Sites.all.filter { $0.name.contains("{e}") }
    static let layerSites = Sites.all.filter { $0.name.contains("{l}") && !$0.name.contains("{e}") }

    private func layerMember(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "heads":
            return .object(
                Selection(
                    owner, .heads(.z), layers: layers, ordinals: Array(0..<owner.model.blueprint.headCount),
                    isOneLayer: isOneLayer))
        case "experts":
            let most = layers.map { owner.model.blueprint.layers[$0].expertCount }.max() ?? 0
            let result = Selection(owner, .experts, layers: layers, ordinals: Array(0..<most), isOneLayer: isOneLayer)
            if most == 0 { throw result.empty }
            return .object(result)
        case "router":
            let result = Selection(owner, .routers, layers: layers, isOneLayer: isOneLayer)
            if result.presentParts.isEmpty { throw result.empty }
            return .object(result)
        case "attention": return selection(.site(.attnOut))
        case "moe": return selection(.site(.mlpOut))
        case "tensors" where isOneLayer: return .object(WeightTable(owner: owner, layer: layers[0]))
        default:
            if let row = Self.layerSites.first(where: { $0.member == name }) { return selection(.site(row.kind)) }
            if let part = Role.Part(memberName: name), part.isLayered, !part.isInsideExpert { return try weight(part) }
            throw missing(name)
        }
    }

    private func expertMember(_ name: String) throws(LanguageError) -> Value {
        if let row = Self.expertSites.first(where: { $0.member == name }) { return selection(.expertSite(row.kind)) }
        if name == "channels" {
            let width = layers.map { owner.model.blueprint.layers[$0].feedForwardWidth }.min() ?? 0
            return .object(
                Selection(
                    owner, .channels, layers: layers, ordinals: ordinals, channels: Array(0..<width),
                    isOneLayer: isOneLayer, isOneMember: isOneMember))
        }
        if let part = Role.Part(memberName: name), part.isInsideExpert { return try weight(part) }
        throw missing(name)
    }

    private func indexedChannels(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count == 1 else { throw LanguageError(.index, "channels take one index", index: 1) }
        let picked = try indices[0].resolved(count: channels.count, of: "the expert's channels").map { channels[$0] }
        return .object(
            Selection(
                owner, .channels, layers: layers, ordinals: ordinals, channels: picked, isOneLayer: isOneLayer,
                isOneMember: isOneMember))
    }

    /// The same layers and members under another unit.
    private func selection(_ unit: Unit) -> Value {
        .object(
            Selection(
                owner, unit, layers: layers, ordinals: ordinals, isOneLayer: isOneLayer, isOneMember: isOneMember))
    }

    /// The weight of a part, for one layer and, in experts, one expert or the stack of all.
    private func weight(_ part: Role.Part) throws(LanguageError) -> Value {
        guard isOneLayer, let layer = layers.first else {
            throw LanguageError(
                .index, "a weight belongs to one layer", help: "Index the layers first, as in m.layers[2].")
        }
        let experts: [Int?] = part.isInsideExpert ? ordinals.map { $0 } : [nil]
        let roles = experts.map { Role(part, layer: layer, expert: $0) }.filter { owner.model.tensors[$0] != nil }
        guard !roles.isEmpty else {
            throw LanguageError(code: "tensor.none", "layer \(layer) of this model has no \(part.memberName)")
        }
        let expert = isOneMember ? ".experts[\(ordinals[0])]" : part.isInsideExpert ? ".experts" : ""
        return .object(
            WeightValue(owner: owner, name: "layers[\(layer)]\(expert).\(part.memberName)", roles: roles))
    }

    private static func weightMembers(inExpert: Bool) -> [Member] {
        Role.Part.allCases.filter { $0.isLayered && $0.isInsideExpert == inExpert }.map {
            Member($0.memberName, "a weight")
        }
    }

    var memberName: String {
        if case .heads = unit { "heads" } else { "experts" }
    }

    private func missing(_ name: String) -> LanguageError {
        .noMember(name, of: typeName, among: members.map(\.name), help: hint)
    }

    /// What there is, for the help line: "Layer 2 has experts 0…15."
    private var hint: String? {
        guard unit == .layers, let layer = layers.first, isOneLayer else { return nil }
        let blueprint = owner.model.blueprint.layers[layer]
        let experts = blueprint.expertCount > 0 ? "experts 0…\(blueprint.expertCount - 1)" : "no experts"
        return "Layer \(layer) has \(experts) and heads 0…\(owner.model.blueprint.headCount - 1)."
    }

    /// The error of a selection that holds nothing.
    var empty: LanguageError {
        let place = layers.count == 1 ? "layer \(layers[0]) has" : "these layers have"
        let layersWith = owner.model.blueprint.expertLayers.map(String.init).joined(separator: ", ")
        return LanguageError(
            code: "selection.empty", "\(place) no such \(typeName)",
            help: "Layers with experts: \(layersWith.isEmpty ? "none" : layersWith).")
    }
}

extension Role.Part {
    /// The name of the weight as a member, such as `query-bias`.
    var memberName: String {
        String(describing: self).flatMap { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.map(String.init)
            .joined()
    }

    init?(memberName: String) {
        guard let part = Self.allCases.first(where: { $0.memberName == memberName }) else { return nil }
        self = part
    }

    var isInsideExpert: Bool { [.gate, .gateBias, .up, .upBias, .down, .downBias].contains(self) }
    var isLayered: Bool { ![.embedding, .rotaryDivisors, .finalNorm, .output].contains(self) }
}
