import Inference
import Scoring
import Tensors

/// What stands in for an ablated activation.
public enum Replacement: Sendable {
    case zero
    /// The site's mean over a corpus, the same at every position.
    case mean(ActivationPool)
    /// At each position the value at a random token of a corpus, drawn by (seed, item, position).
    case resample(ActivationPool, seed: UInt64)
    /// The values of a run over as many tokens.
    case run(Run)

    /// In words, such as `mean over calib`.
    public var phrase: String {
        switch self {
        case .zero: "zero"
        case .mean(let pool): "mean over \(pool.corpus)"
        case .resample(let pool, let seed): "resampling from \(pool.corpus) (seed \(seed))"
        case .run(let run): "a run of \(run.tokens.count) tokens"
        }
    }
}

/// Activations taken away.
public enum Ablation {
    /// What to change in runs of a model.
    /// - Parameters:
    ///   - positions: Where; nil for everywhere.
    ///   - length: Tokens of the sequences that will be run; resampled rows are drawn for so many positions.
    ///   - item: The number of the corpus item that is edited, which keys the draws.
    /// - Throws: `SurgeryError` for a position outside, a run of another length or architecture, or a corpus in which
    ///   the site has no value.
    public static func interventions(
        _ targets: [Target], at positions: [Int]? = nil, with replacement: Replacement, of model: Model, length: Int,
        item: Int = 0
    ) throws -> [Intervention] {
        let positions = try Positions.checked(positions, count: length)
        let dimension = model.blueprint.headDimension
        var seen: Set<Place> = []
        let places = targets.filter { seen.insert(Place($0)).inserted }
        let values = try source(replacement, model, length)
        return try places.map { target in
            let action: Intervention.Action
            switch replacement {
            case .zero: action = .zero
            case .mean(let pool):
                guard let mean = pool.mean(target, headDimension: dimension) else { throw absent(target, pool) }
                action = .constant(mean)
            case .resample(let pool, let seed):
                let rows = pool.resampled(target, headDimension: dimension, positions: length, seed: seed, item: item)
                guard let rows else { throw absent(target, pool) }
                action = .replace(rows)
            case .run:
                guard let value = try values?.slice(target) else { throw Patch.silent(target, "the run") }
                action = .replace(value)
            }
            return Intervention(site: target.site, part: target.part, positions: positions, action: action)
        }
    }

    /// A model whose every run lacks the targets.
    /// - Throws: as `interventions`.
    public static func edit(
        _ model: Model, _ targets: [Target], at positions: [Int]? = nil, with replacement: Replacement = .zero,
        length: Int? = nil
    ) throws -> Edit {
        var edited = model
        let run: Run? = if case .run(let run) = replacement { run } else { nil }
        let length = length ?? run?.tokens.count ?? model.blueprint.contextLength
        edited.interventions += try interventions(targets, at: positions, with: replacement, of: model, length: length)
        let labels = targets.prefix(6).map(\.label).joined(separator: ", ") + (targets.count > 6 ? ", …" : "")
        let place = positions.map { " at \($0)" } ?? ""
        return Edit(
            model: edited, summary: "ablate \(labels)\(place) with \(replacement.phrase)",
            notes: targets.compactMap(\.note))
    }

    private static func source(_ replacement: Replacement, _ model: Model, _ length: Int) throws -> SourceValues? {
        guard case .run(let run) = replacement else { return nil }
        guard run.model.blueprint == model.blueprint else {
            throw SurgeryError(
                code: "ablate.versions", subject: "ablate", message: "the run is of a model of another shape",
                remedy: "run the prompt on this model")
        }
        guard run.tokens.count == length else { throw lengths(run.tokens.count, length) }
        return SourceValues(run)
    }

    private static func absent(_ target: Target, _ pool: ActivationPool) -> SurgeryError {
        SurgeryError(
            code: "edit.silent", subject: target.label,
            message: "\(target.site.name) has no value in \(pool.corpus): no token of it chose the expert",
            remedy: "use a larger corpus, or ablate with zero")
    }

    static func lengths(_ held: Int, _ wanted: Int) -> SurgeryError {
        SurgeryError(
            code: "edit.lengths", subject: "edit",
            message: "it holds values for \(held) tokens, and the sequence has \(wanted)",
            remedy: "use a run of as many tokens, or ablate with zero or a mean, which fit any length")
    }
}

extension Model {
    /// Returns if the model's interventions have values for sequences of that length.
    /// - Throws: `SurgeryError` with both lengths.
    public func checkInterventions(length: Int) throws(SurgeryError) {
        for intervention in interventions {
            guard case .replace(let values) = intervention.action else { continue }
            let isTable = intervention.site.kind == .scores || intervention.site.kind == .pattern
            let held = values.shape[isTable ? 1 : 0]
            if isTable ? held != length : held < length { throw Ablation.lengths(held, length) }
        }
    }
}
