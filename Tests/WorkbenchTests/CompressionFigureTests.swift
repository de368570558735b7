import Documents
import Foundation
import Language
import Tensors
import TestSupport
import Testing
import Workbench

/// Figures that independent PyTorch code made of the teaching models, a part of them; `Scripts/check-figures.py` checks all.
@Suite struct CompressionFigureTests {
    private struct Figures {
        let json: JSON
        let session = ScriptedSession()

        init(_ model: String) throws {
            let path = Fixtures.teachingModelPath("metrics-\(model).json")
            json = try JSON(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
            #expect(session.run("m = open \"examples/models/teach-\(model)-bf16.gguf\"") == nil)
        }
    }

    /// Whether a number is the figure, to the digits that are given of it.
    private func agree(_ ours: Double?, _ theirs: Double?, digits: Double) -> Bool {
        guard let ours, let theirs else { return false }
        return abs(ours - theirs) <= 0.51 * digits
    }

    @Test(arguments: ["gptoss", "qwen3moe"]) func lossAndRoutingOfAFamily(model: String) throws {
        let figures = try Figures(model)
        let session = figures.session
        #expect(
            session.run(
                """
                solo = corpus ["examples/models/heldout-ioi.txt", "examples/models/heldout-arithmetic.txt"]
                p = perplexity m over solo
                ioi = p.families["ioi", "loss"]
                arithmetic = p.families["arithmetic", "loss"]
                routes = trace m over (corpus "examples/models/heldout-arithmetic.txt" windows 12)
                shares = routes.shares[:, 0]
                """) == nil)
        for family in ["ioi", "arithmetic"] {
            #expect(agree(session.number(family), figures.json["family_loss"]?[family]?.asDouble, digits: 1e-4))
        }
        let shares = try #require(session.object("shares", as: TensorValue.self)).tensor
        for layer in 0..<4 {
            for expert in 0..<16 {
                let theirs = figures.json["routing"]?["share"]?[layer]?[2]?[expert]?.asDouble
                #expect(agree(Double(shares.values[layer * 16 + expert]), theirs, digits: 1e-4))
            }
        }
    }

    @Test(arguments: ["gptoss", "qwen3moe"]) func answersOfSomeFamilies(model: String) throws {
        let figures = try Figures(model)
        #expect(
            figures.session.run(
                """
                bench = corpus "examples/models/errbench.jsonl"
                e = evaluate m over bench.family["json"]
                y = evaluate m over bench.family["years"]
                b = evaluate m over bench.family["facts"] bos
                c = evaluate m over bench.family["json"] corrupt
                letter = y.variants["years/greater-than", "letter"]
                """) == nil)
        for (name, table, family) in [
            ("e", "errbench", "json"), ("y", "errbench", "years"), ("b", "errbench_bos", "facts"),
        ] {
            for key in ["exact", "nll"] {
                let theirs = figures.json[table]?[family]?[key]?.asDouble
                #expect(agree(figures.session.number("\(name).\(key)"), theirs, digits: 1e-4), "\(family) \(key)")
            }
        }
        let flips = try #require(figures.session.number("c.flips"))
        #expect("\(Int(flips))/130" == figures.json["corrupt_flips"]?["json"]?.asString)
        let letter = try #require(figures.session.number("letter"))
        #expect("\(Int(letter))/130" == figures.json["errbench_variants"]?["years/greater-than"]?.asString)
    }

    @Test func droppingOneExpertOfTheLastLayer() throws {
        let figures = try Figures("gptoss")
        let families = ["arithmetic", "brackets", "code"]
        let rises = try families.map { family in
            #expect(
                figures.session.run(
                    """
                    one = corpus "examples/models/heldout-\(family).txt" windows 1
                    s = score m.experts[3:4] by ablation over one
                    v = s.values
                    """) == nil)
            return try #require(figures.session.object("v", as: TensorValue.self)).tensor.values[(3 * 16)...].map(
                Double.init)
        }
        for expert in 0..<16 {
            let theirs = figures.json["drop_one"]?[3]?[expert]
            guard let worst = theirs?["worst"]?.asString, let place = families.firstIndex(of: worst) else { continue }
            #expect(agree(rises[place][expert], theirs?["worst_rise"]?.asDouble, digits: 1e-4), "expert \(expert)")
        }
    }
}
