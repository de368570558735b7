import Inference
import Kernels
import Tensors

/// Activations of one run put into another.
///
/// A row that the source has no value for stays: an expert that it did not choose there. Patching a run with itself
/// changes no bit.
public struct Patch {
    public let source: Run
    public let target: Run
    private let values: SourceValues

    /// - Parameter names: What the two models are called in messages.
    /// - Throws: `SurgeryError` for runs of different length, or of different versions of a model.
    public init(
        from source: Run, into target: Run, names: (source: String, target: String) = ("its own", "its own")
    ) throws(SurgeryError) {
        guard source.tokens.count == target.tokens.count else {
            throw SurgeryError(
                code: "patch.lengths", subject: "patch",
                message:
                    "the run patched from has \(source.tokens.count) tokens and the other \(target.tokens.count), so "
                    + "their positions mean different things",
                remedy: "use prompts of equal length: swap single words of one token, and check with tokens")
        }
        guard source.model.isSameVersion(as: target.model) else {
            throw SurgeryError(
                code: "patch.versions", subject: "patch",
                message: "the runs are of different models: one of \(names.source), the other of \(names.target)",
                remedy: "run both prompts again on the same version")
        }
        guard source.arithmetic == target.arithmetic else {
            throw SurgeryError(
                code: "patch.arithmetic", subject: "patch",
                message:
                    "the run patched from was computed in \(source.arithmetic.name), the other in "
                    + target.arithmetic.name,
                remedy: Self.agreement(source.arithmetic, target.arithmetic))
        }
        self.source = source
        self.target = target
        values = SourceValues(source)
    }

    /// What to change, a target at a time; targets that share a key or value come once.
    /// - Parameter positions: Where; nil for everywhere. Negative ones count from the end.
    /// - Throws: `SurgeryError` for a position outside, or an expert that the source chose nowhere.
    public func interventions(_ targets: [Target], at positions: [Int]? = nil) throws -> [Intervention] {
        let positions = try Positions.checked(positions, count: target.tokens.count)
        var seen: Set<Place> = []
        return try targets.filter { seen.insert(Place($0)).inserted }.map { target in
            guard let value = try values.slice(target) else { throw Self.silent(target, "the run patched from") }
            return Intervention(site: target.site, part: target.part, positions: positions, action: .replace(value))
        }
    }

    /// The target run with the patch.
    /// - Throws: as `interventions`; `SurgeryError` if a change touched no row.
    public func run(_ targets: [Target], at positions: [Int]? = nil, engine: Engine) throws -> Run {
        let changes = try interventions(targets, at: positions)
        return try engine.run(target, with: changes)
    }

    /// What makes two runs comparable: both computed as the one that is patched into.
    private static func agreement(_ source: Arithmetic, _ target: Arithmetic) -> String {
        let precision = source.precision == target.precision ? [] : ["set precision \(target.precision.rawValue)"]
        let cache = source.cache == target.cache ? [] : ["set kv \(target.cache)"]
        return "write \((precision + cache).joined(separator: " and ")), and run the prompt patched from again"
    }

    static func silent(_ target: Target, _ run: String) -> SurgeryError {
        SurgeryError(
            code: "edit.silent", subject: target.label,
            message: "\(run) chose expert \(target.site.expert ?? 0) of layer \(target.site.layer ?? 0) nowhere",
            remedy: "see which experts were chosen with the layer's expert-indices, or name another")
    }
}

/// What a target touches, whatever it is called.
struct Place: Hashable {
    let site: Site
    let part: Intervention.Part

    init(_ target: Target) {
        site = target.site
        part = target.part
    }
}

extension Engine {
    /// A run again, with changes on top of its own.
    /// - Throws: `SurgeryError` if one of them touched no row; what running throws.
    public func run(_ base: Run, with changes: [Intervention]) throws -> Run {
        let run = try under(base.arithmetic).run(
            base.model, tokens: base.tokens, interventions: base.interventions + changes)
        for (change, fired) in zip(changes, run.fired.suffix(changes.count)) where fired == 0 {
            throw SurgeryError(
                code: "edit.silent", subject: change.site.name,
                message: change.site.expert == nil
                    ? "the edit changed nothing: it touched no row"
                    : "the edit changed nothing: where it has a value, the run edited did not choose this expert",
                remedy: "see which experts each run chose with the layer's expert-indices, or edit other positions")
        }
        return run
    }
}
