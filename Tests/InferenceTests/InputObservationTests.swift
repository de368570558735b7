import Documents
import Inference
import Kernels
import Tensors
import TestSupport
import Testing

/// What goes into each weight matrix, against transformers' hooks, and what observing keeps to.
struct InputObservationTests {
    /// The oracles that hold every site.
    static let names = Fixtures.oracleNames.filter { (try? Golden($0))?.facts["sites"]?.asString == "all" }

    /// Rows by role, in the order seen, with the positions they are of.
    final class Recorder {
        var rows: [Role: [Float]] = [:]
        var positions: [Role: [Int]] = [:]
        var sequences: [Role: [Int]] = [:]

        func add(_ seen: InputObservation) {
            for role in seen.roles {
                rows[role, default: []] += seen.rows
                positions[role, default: []] += seen.positions
                sequences[role, default: []] += seen.sequences
            }
        }
    }

    @Test(arguments: names)
    func everyMatrixSeesWhatTransformersMultipliesItWith(name: String) throws {
        let golden = try Golden(name)
        for path in Parity.paths(name) {
            let model = try Parity.model(path)
            let seen = try Self.scanned(model, [golden.tokens], Parity.engine)
            var held = 0
            for (role, rows) in seen.rows where role.layer != nil {
                let site = try #require(Self.site(of: role, model.blueprint))
                let theirs = try #require(golden.values(site.name), "\(site.name)")
                let width = rows.count / (seen.positions[role]?.count ?? 0)
                let wanted = (seen.positions[role] ?? []).flatMap { theirs[$0 * width..<($0 + 1) * width] }
                #expect(Parity.distance(rows, wanted) < Parity.bound, "\(path) \(role)")
                held += 1
            }
            #expect(held > 0)
            for layer in model.blueprint.expertLayers {
                let chosen = golden.integers(Site(.expertIndices, layer: layer).name)
                let slots = chosen.count / golden.tokens.count
                for expert in 0..<model.blueprint.layers[layer].expertCount {
                    let rows = golden.tokens.indices.filter {
                        chosen[$0 * slots..<($0 + 1) * slots].contains(expert)
                    }
                    for part in [Role.Part.gate, .up, .down] {
                        #expect(seen.positions[Role(part, layer: layer, expert: expert)] ?? [] == rows)
                    }
                }
            }
        }
    }

    @Test(arguments: LawTests.paths)
    func everyWeightMatrixIsSeen(path: String) throws {
        let model = try Parity.model(path)
        let seen = try Self.scanned(model, (0..<12).map { LawTests.tokens(model, 30, seed: $0) }, Parity.engine)
        let matrices = model.tensors.filter { role, matrix in
            (matrix.rows > 1 || role.part == .sharedExpertGate) && role.part != .embedding
        }.keys
        #expect(Set(seen.rows.keys).subtracting([model.outputRole]) == Set(matrices).subtracting([model.outputRole]))
        #expect(seen.rows[model.outputRole]?.count == 12 * 30 * model.blueprint.hiddenSize)
    }

    @Test(arguments: LawTests.paths)
    func observingChangesNoLogitAndThreadsNoSum(path: String) throws {
        let model = try Parity.model(path)
        let sequences = (0..<3).map { LawTests.tokens(model, 9 + 7 * $0, seed: $0) }
        func measured(_ threads: Int, observes: Bool) throws -> (logits: [UInt32], importance: Importance) {
            let engine = Engine(compute: Compute(threads: threads))
            let tally = ImportanceTally(pool: engine.compute.pool)
            var request = ScanRequest(sequences: sequences) { [0, sequences[$0].count - 1] }
            if observes { request.inputs = { tally.add($0) } }
            var bits: [UInt32] = []
            try engine.scan(model, request) { bits += $0.logits.map(\.bitPattern) }
            return (bits, tally.importance(corpora: [], chunkCount: 3, chunkLength: 0))
        }
        let (plain, one, three) = (
            try measured(2, observes: false), try measured(1, observes: true), try measured(3, observes: true)
        )
        #expect(plain.logits == one.logits && plain.logits == three.logits)
        #expect(plain.importance.entries.isEmpty && !one.importance.entries.isEmpty)
        #expect(one.importance == three.importance)
        let role = Role(.attentionOutput, layer: 0)
        #expect(one.importance.entries[role]?.count == sequences.reduce(0) { $0 + $1.count })
        #expect(one.importance.weights(of: role)?.count == model.tensors[role]?.columns)
        #expect(one.importance.weights(of: Role(.attentionNorm, layer: 0)) == nil)
    }

    @Test(arguments: LawTests.paths)
    func walkingLayerByLayerSeesTheSameBits(path: String) throws {
        let model = try Parity.model(path)
        let sequences = (0..<3).map { LawTests.tokens(model, 9 + 7 * $0, seed: $0) }
        let whole = try Self.scanned(model, sequences, Parity.engine)
        let walk = try LayerWalk(Parity.engine, model: model, sequences: sequences)
        let stepped = Recorder()
        for _ in model.blueprint.layers {
            try walk.observe(model) { stepped.add($0) }
            try walk.advance(model)
        }
        walk.observeOutput(model) { stepped.add($0) }
        #expect(walk.positionCount == 9 + 16 + 23 && walk.layer == model.blueprint.layers.count)
        #expect(stepped.positions == whole.positions && stepped.sequences == whole.sequences)
        #expect(stepped.rows.mapValues { $0.map(\.bitPattern) } == whole.rows.mapValues { $0.map(\.bitPattern) })
    }

    private static func scanned(_ model: Model, _ sequences: [[Int]], _ engine: Engine) throws -> Recorder {
        let recorder = Recorder()
        var request = ScanRequest(sequences: sequences) { _ in [] }
        request.inputs = { recorder.add($0) }
        try engine.scan(model, request) { _ in }
        return recorder
    }

    /// The site whose value a matrix is multiplied with.
    private static func site(of role: Role, _ blueprint: Blueprint) -> Site? {
        let isDense = role.layer.map { blueprint.layers[$0].expertCount == 0 } ?? true
        switch role.part {
        case .query, .key, .value: return Site(.attnIn, layer: role.layer)
        case .attentionOutput: return Site(.z, layer: role.layer)
        case .router, .gate, .up, .sharedExpertGate, .sharedGate, .sharedUp: return Site(.mlpIn, layer: role.layer)
        case .sharedDown: return Site(.sharedPost, layer: role.layer)
        case .down where isDense: return Site(.densePost, layer: role.layer)
        case .down: return Site(.expertPost, layer: role.layer, expert: role.expert)
        default: return nil
        }
    }
}
