import Documents
import Formats
import Foundation
import Inference
import Surgery
import TestSupport
import Testing

/// Recipes against what llama-quantize did with files of many shapes.
struct RecipeTests {
    private static let golden: JSONObject = {
        let text = (try? String(contentsOf: Fixtures.url("recipes.json"), encoding: .utf8)) ?? "{}"
        return (try? JSON(parsing: text))?["shapes"]?.asObject ?? JSONObject()
    }()

    static let shapes: [String] = golden.keys

    @Test func thereAreShapesAndEveryRecipeIsHeldAgainstThem() throws {
        #expect(Self.shapes.count == 14)
        for shape in Self.shapes {
            let names = try #require(Self.golden[shape]?["types"]?.asObject).keys
            #expect(Set(names) == Set(Recipes.all.map(\.name)))
        }
    }

    @Test(arguments: shapes) func everyTensorGetsTheTypeThatLlamaCppGivesIt(shape: String) throws {
        let entry = try #require(Self.golden[shape])
        let model = try GoldenShape(entry)
        var compared = 0
        for named in try #require(entry["types"]?.asObject).members {
            let (name, recipe) = (named.key, try #require(Recipes.named(named.key)))
            for member in try #require(named.value.asObject).members {
                let kind = member.key
                let setting = RecipeSetting(
                    model.blueprint, isTied: model.isTied, hasImportance: kind == "weighted")
                guard let types = member.value.asObject else {
                    #expect(recipe.needsImportance && kind == "plain")
                    continue
                }
                for runs in types.members where runs.key != "file_type" {
                    let tensor = runs.key
                    let wanted = try GoldenShape.unrolled(try #require(runs.value.asString))
                    for (layer, type) in wanted.enumerated() {
                        guard let role = model.role(of: tensor, layer: layer) else { continue }
                        let found = recipe.format(of: role, columns: model.columns(of: role.part), in: setting)
                        #expect(found.name == type, "\(shape) \(name) \(kind) \(tensor) of layer \(layer)")
                        compared += 1
                    }
                }
                #expect(types["file_type"]?.asInteger == Int(recipe.fileType))
            }
        }
        #expect(compared > 500)
    }

    @Test(arguments: [(2880, "q5_0"), (4096, "q4_k"), (2816, "q4_k"), (48, "f16"), (96, "q5_0")])
    func rowsThatAreNoWholeBlocksGetTheNextFormat(columns: Int, name: String) {
        #expect(BlockFormat.q4_k.fitting(columns: columns).name == name)
    }
}

/// A shape of the goldens as a blueprint.
private struct GoldenShape {
    let blueprint: Blueprint
    let isTied: Bool
    private let width: Int
    private let shared: Int

    init(_ entry: JSON) throws {
        func number(_ key: String) throws -> Int { try #require(entry[key]?.asInteger) }
        let experts = try number("experts")
        width = try number("width")
        shared = try number("shared")
        isTied = try #require(entry["tied"]).asBoolean == true
        let family = try #require(entry["architecture"]?.asString)
        let feedForward: FeedForward =
            experts > 0 ? .experts(count: experts, active: 2, width: width) : .dense(width: width)
        blueprint = Blueprint(
            family: family, hiddenSize: try number("hidden"), vocabularyCount: 64, contextLength: 64,
            headCount: try number("heads"), keyValueHeadCount: try number("kv"), headDimension: try number("head"),
            normEpsilon: 1e-5, rotary: RotaryRule(theta: 10000, scaling: .none), router: .softmaxOfChosen,
            activation: .swiglu, tiedEmbeddings: isTied,
            layers: Array(
                repeating: LayerBlueprint(window: nil, feedForward: feedForward), count: try number("layers")))
    }

    /// The role that a tensor of llama.cpp's is; nil for those that Lancet has no role for.
    func role(of name: String, layer: Int) -> Role? {
        let parts: [String: Role.Part] = [
            "attn_q": .query, "attn_k": .key, "attn_v": .value, "attn_output": .attentionOutput, "ffn_gate": .gate,
            "ffn_up": .up, "ffn_down": .down, "ffn_gate_exps": .gate, "ffn_up_exps": .up, "ffn_down_exps": .down,
            "ffn_gate_shexp": .sharedGate, "ffn_up_shexp": .sharedUp, "ffn_down_shexp": .sharedDown,
        ]
        switch name {
        case "token_embd": return Role(.embedding)
        case "output": return Role(.output)
        default: return parts[name].map { Role($0, layer: layer, expert: name.hasSuffix("_exps") ? 0 : nil) }
        }
    }

    func columns(of part: Role.Part) -> Int {
        switch part {
        case .attentionOutput: blueprint.headCount * blueprint.headDimension
        case .down: width
        case .sharedDown: shared
        default: blueprint.hiddenSize
        }
    }

    /// `q6_k*2 q4_k` as q6_k, q6_k, q4_k.
    static func unrolled(_ text: String) throws -> [String] {
        try text.split(separator: " ").flatMap { run in
            let parts = run.split(separator: "*")
            let count = parts.count > 1 ? try #require(Int(parts[1])) : 1
            return Array(repeating: String(parts[0]), count: count)
        }
    }
}
