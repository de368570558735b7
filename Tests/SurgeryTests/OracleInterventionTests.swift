import Documents
import Inference
import Scoring
import Surgery
import TeachingSupport
import Tensors
import TestSupport
import Testing

/// Patches, ablations and restrictions of the teaching models against PyTorch hooks on transformers' modules.
struct OracleInterventionTests {
    /// The largest allowed difference, as a share of the range of the reference's logits.
    static let bound: Float = 2e-4

    @Test(arguments: TeachingModel.names)
    func everyCaseEqualsHooks(name: String) throws {
        let teaching = try TeachingModel(name)
        let golden = try Golden("teach-" + name, file: "interventions")
        let cases = try JSON(parsing: [UInt8](Fixtures.data("oracles/teach-\(name)/interventions.json")))
        let bench = Bench(teaching: teaching, golden: golden, window: try Golden("teach-" + name).tokens)
        var seen = 0
        for entry in cases["cases"]?.asArray ?? [] {
            let label = entry["name"]?.asString ?? ""
            let run = try bench.run(entry)
            let ours = run.logits(at: [run.tokens.count - 1]).values
            let theirs = try #require(golden.values(label + ".logits"))
            let range = (theirs.max() ?? 0) - (theirs.min() ?? 0)
            let distance = zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
            #expect(distance < Self.bound * range, "\(label)")
            seen += 1
        }
        #expect(seen >= 29)
    }
}

/// What the cases are run on.
private struct Bench {
    let teaching: TeachingModel
    let golden: Golden
    /// The held-out window that means are taken over.
    let window: [Int]

    func run(_ entry: JSON) throws -> Run {
        var (model, changes): (Model, [Intervention]) = (teaching.model, [])
        let tokens = golden.integers("\(entry["base"]?.asString ?? "").tokens")
        for edit in entry["edits"]?.asArray ?? [] {
            let site = try #require(Site(named: edit["site"]?.asString ?? ""))
            let positions = edit["positions"]?.asArray?.compactMap(\.asInteger)
            if edit["action"]?.asString == "drop" {
                let experts = (edit["experts"]?.asArray ?? []).compactMap(\.asInteger)
                model = try Restriction.restrict(model, layer: site.layer ?? 0, drop: experts).model
                continue
            }
            changes += try Ablation.interventions(
                [try target(site, edit)], at: positions, with: try replacement(edit, try target(site, edit)),
                of: teaching.model, length: tokens.count)
        }
        let base = try teaching.engine.run(model, tokens: tokens)
        return try teaching.engine.run(base, with: changes)
    }

    private func target(_ site: Site, _ edit: JSON) throws -> Target {
        let blueprint = teaching.model.blueprint
        let layer = site.layer ?? 0
        if let channels = edit["channels"]?.asArray?.compactMap(\.asInteger) {
            return try .expert(site.expert ?? 0, layer: layer, site.kind, channels: channels, of: blueprint)
        }
        guard let head = edit["head"]?.asInteger else { return try Target(site, of: blueprint) }
        let isGroup = [.key, .value, .rotatedKey].contains(site.kind)
        return try .head(isGroup ? head * blueprint.headsPerGroup : head, layer: layer, site.kind, of: blueprint)
    }

    private func replacement(_ edit: JSON, _ target: Target) throws -> Replacement {
        switch edit["action"]?.asString {
        case "zero": return .zero
        case "mean":
            let corpus = TokenCorpus(name: "window", items: [TokenItem(tokens: window)])
            return .mean(
                try ActivationPool.gather(
                    [target], of: teaching.model, over: corpus, keepsRows: false, engine: teaching.engine))
        default:
            let source = golden.integers("\(edit["from"]?.asString ?? "").tokens")
            return .run(try teaching.engine.run(teaching.model, tokens: source))
        }
    }
}
