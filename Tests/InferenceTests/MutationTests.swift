import Inference
import Kernels
import Tensors
import TestSupport
import Testing

/// The oracles notice what is easily got wrong: each mistake leaves the bound behind a hundredfold.
struct MutationTests {
    enum Mutation: String, CaseIterable {
        case noSinks, windowLonger, windowShorter, otherYarn, gateAndUpSwapped

        /// The model with the mistake, or nil if it has nothing to get wrong.
        func apply(_ model: Model) -> Model? {
            var model = model
            let original = model
            switch self {
            case .noSinks: model.tensors = model.tensors.filter { $0.key.part != .sinks }
            case .windowLonger, .windowShorter:
                for layer in model.blueprint.layers.indices {
                    if let window = model.blueprint.layers[layer].window {
                        model.blueprint.layers[layer].window = window + (self == .windowLonger ? 1 : -1)
                    }
                }
            case .otherYarn:
                if case .yarn(var yarn) = model.blueprint.rotary.scaling {
                    yarn.truncated.toggle()
                    model.blueprint.rotary.scaling = .yarn(yarn)
                }
            case .gateAndUpSwapped:
                for (role, matrix) in original.tensors where role.part == .gate {
                    let up = Role(.up, layer: role.layer, expert: role.expert)
                    model.tensors[role] = original.tensors[up]
                    model.tensors[up] = matrix
                }
                for (role, matrix) in original.tensors where role.part == .gateBias {
                    let up = Role(.upBias, layer: role.layer, expert: role.expert)
                    model.tensors[role] = original.tensors[up]
                    model.tensors[up] = matrix
                }
            }
            let isSame = model.blueprint == original.blueprint && model.tensors.count == original.tensors.count
            return isSame && self != .gateAndUpSwapped ? nil : model
        }
    }

    @Test(arguments: Mutation.allCases)
    func aMistakeExceedsTheBoundAHundredfold(mutation: Mutation) throws {
        var tried = 0
        for name in Fixtures.oracleNames {
            let golden = try Golden(name)
            let theirs = try #require(golden.values("logits"))
            for path in Parity.paths(name).prefix(1) {
                guard let mutant = mutation.apply(try Parity.model(path)) else { continue }
                let ours = try Parity.engine.run(mutant, tokens: golden.tokens).logits.values
                #expect(Parity.distance(ours, theirs) > 100 * Parity.bound, "\(name) \(mutation)")
                tried += 1
            }
        }
        #expect(tried > 0)
    }
}
