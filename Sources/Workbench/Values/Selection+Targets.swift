import Inference
import Surgery

extension Selection {
    /// What is done to the parts.
    enum Purpose {
        case patch
        /// A layer is taken away by what it adds: the residual stream through it stays.
        case ablation
    }

    /// What an edit of one part touches.
    func targets(_ part: Part, for purpose: Purpose) throws(SurgeryError) -> [Target] {
        let blueprint = owner.model.blueprint
        let (layer, member) = (part.layer, part.member ?? 0)
        switch unit {
        case .heads(let kind): return [try .head(member, layer: layer, kind, of: blueprint)]
        case .experts: return [try .expert(member, layer: layer, of: blueprint)]
        case .expertSite(let kind): return [try .expert(member, layer: layer, kind, of: blueprint)]
        case .channels: return [try channels(channels, of: part)]
        case .routers: return [try .routerLogits(layer: layer, of: blueprint)]
        case .site(let kind): return [try Target(Site(kind, layer: layer), of: blueprint)]
        case .layers:
            let kinds: [SiteKind] = purpose == .ablation ? [.attnOut, .mlpOut] : [.residPost]
            var targets: [Target] = []
            for kind in kinds { targets.append(try Target(Site(kind, layer: layer), of: blueprint)) }
            return targets
        }
    }

    /// What an edit of all parts together touches.
    func targets(for purpose: Purpose) throws(SurgeryError) -> [Target] {
        var targets: [Target] = []
        for part in presentParts { targets += try self.targets(part, for: purpose) }
        return targets
    }

    /// The cells of an edit: with `isEach` one a part, with axes as the selection's, holes marked; else one of all parts.
    func grid(for purpose: Purpose, isEach: Bool) throws(SurgeryError) -> SweepGrid {
        guard isEach else {
            return SweepGrid(axes: [], indices: [], cells: [.init(targets: try targets(for: purpose))])
        }
        var cells: [SweepGrid.Cell?] = []
        for part in parts {
            switch (part, unit) {
            case (let part?, .channels):
                for channel in channels { cells.append(.init(targets: [try self.channels([channel], of: part)])) }
            case (let part?, _): cells.append(.init(targets: try targets(part, for: purpose)))
            case (nil, .channels): cells += channels.map { _ in nil }
            case (nil, _): cells.append(nil)
            }
        }
        var axes = ["layer"]
        var indices = [layers]
        if hasMembers {
            axes.append(memberAxis)
            indices.append(ordinals)
        }
        if unit == .channels {
            axes.append("channel")
            indices.append(channels)
        }
        return SweepGrid(axes: axes, indices: indices, cells: cells)
    }

    /// The axes of a grid that an index has taken away.
    var droppedAxes: Set<String> {
        Set((isOneLayer ? ["layer"] : []) + (hasMembers && isOneMember ? [memberAxis] : []))
    }

    private var memberAxis: String { if case .heads = unit { "head" } else { "expert" } }

    private func channels(_ channels: [Int], of part: Part) throws(SurgeryError) -> Target {
        try .expert(
            part.member ?? 0, layer: part.layer, .expertPost, channels: channels, of: owner.model.blueprint)
    }
}
