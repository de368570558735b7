import Documents
import Foundation
import Language
import Testing
import Workbench

/// `tokens`, `top`, `generate` and the metrics, held against Hugging Face's tokenizers and transformers.
@Suite struct ExperimentsLookingTests {
    @Test(arguments: ExperimentBench.models)
    func tokensAreThoseOfHuggingFace(model: String) throws {
        let bench = try ExperimentBench(model)
        let ids = try #require(try ExperimentBench.golden(model)["tokens"]?.asArray).compactMap(\.asInteger)
        bench.run("tokens m \"John gave a drink to Mary\"")
        let shown = try #require(bench.output.written.last)
        for (position, id) in ids.enumerated() { #expect(shown.contains("\(position)  \(id)  ")) }
        #expect(shown.contains("adds no BOS"))
        #expect(try bench.value("(tokens m \"John gave a drink to Mary\").ids").description == "\(ids)")
    }

    @Test(arguments: ExperimentBench.models)
    func topListsTheNextTokensOfTransformers(model: String) throws {
        let bench = try ExperimentBench(model)
        for (call, name) in [
            ("top clean 5", "top"), ("top clean 5 at 3", "top_at_3"), ("top clean 5 at -11", "top_at_3"),
        ] {
            let golden = try #require(try ExperimentBench.golden(model)[name]?.asArray)
            guard case .object(let object) = try bench.value(call), let table = object as? TableValue else {
                Issue.record("no table")
                return
            }
            let rows = try JSON(parsing: table.json.printed()).asArray ?? []
            #expect(rows.compactMap { $0["id"]?.asInteger } == golden.compactMap { $0["id"]?.asInteger })
            for (row, other) in zip(rows, golden) {
                #expect(abs((row["logit"]?.asDouble ?? 0) - (other["logit"]?.asDouble ?? 1)) < 2e-3)
                #expect(abs((row["probability"]?.asDouble ?? 0) - (other["probability"]?.asDouble ?? 1)) < 1e-4)
            }
        }
    }

    @Test(arguments: ExperimentBench.models)
    func greedyTextIsThatOfTransformersAndStreams(model: String) throws {
        let golden = try ExperimentBench.golden(model)
        let bench = try ExperimentBench(model)
        bench.run("generate m \"The capital of France is\" max 16 temperature 0 seed 1")
        let text = try #require(golden["text"]?.asString)
        #expect(bench.output.streamed.joined() == text + "\n")
        #expect(bench.output.streamed.count > 16)
        #expect(bench.output.written.last?.contains("capital") == false)
        let ids = try #require(golden["generated"]?.asArray).compactMap(\.asInteger)
        #expect(try bench.value("(generate m \"The capital of France is\" max 16).tokens").description == "\(ids)")
    }

    @Test func generationStopsAtTheEndOfTurnAndAtTheContext() throws {
        let bench = try ExperimentBench()
        #expect(try bench.value("(generate m \"<|user|>\" max 60).end").description == "end of turn")
        #expect(bench.failure("generate m clean.logits").contains("E011"))
        bench.run("long = [\(Array(repeating: "17", count: 510).joined(separator: ", "))]")
        #expect(try bench.value("(generate m long max 60).end").description == "the context of 512 tokens")
        #expect(try bench.number("len (generate m long max 60).tokens") == 2)
    }

    @Test func drawsAreKeyedByTheSeed() throws {
        let bench = try ExperimentBench()
        let draw = { (seed: Int) in
            try bench.value("(generate m \"The\" max 12 temperature 1.2 seed \(seed) top-k 50 top-p 95%).text")
                .description
        }
        #expect(try draw(1) == draw(1))
        #expect(try Set((1...4).map(draw)).count > 1)
        #expect(
            try bench.value("(generate m \"The\" max 6 temperature 5 top-k 1).text").description
                == bench.value("(generate m \"The\" max 6).text").description)
    }

    @Test func jsonModeShowsWhatWasGeneratedOnce() throws {
        let bench = try ExperimentBench(settings: Settings(threads: 2, mode: .json))
        bench.run("generate m \"The capital of France is\" max 4")
        #expect(bench.output.streamed.isEmpty)
        let shown = try JSON(parsing: try #require(bench.output.written.last))
        #expect(shown["text"]?.asString == " Paris. The capital")
        #expect(shown["tokens"]?.asArray?.count == 4)
    }

    @Test(arguments: ExperimentBench.models)
    func metricsAreThoseOfPyTorch(model: String) throws {
        let golden = try ExperimentBench.golden(model)
        let bench = try ExperimentBench(model)
        for (call, value) in golden["metrics"]?.asObject?.members.map({ ($0.key, $0.value.asDouble ?? .nan) }) ?? [] {
            #expect(abs(try bench.number("measure (\(call)) on clean") - value) < 2e-3, "\(call)")
        }
        let mean = try #require(golden["kl_of_corrupt_from_clean"]?.asDouble)
        let last = try #require(golden["kl_at_last"]?.asDouble)
        #expect(abs(try bench.number("measure kl from clean on corrupt") - mean) < 1e-4)
        #expect(abs(try bench.number("measure kl from clean at -1 on corrupt") - last) < 2e-3)
        #expect(try bench.number("measure kl on clean") == 0)
    }

    @Test func measurementsCountAndCompareAsNumbers() throws {
        let bench = try ExperimentBench()
        #expect(bench.run("assert (measure ld on clean) > 3 * (measure prob \" Mary\" on clean)").isEmpty)
        bench.run("measure loss on m over bench[0:20]")
        let line = try #require(bench.output.written.last)
        for part in ["nats/token", "lower is better", " tokens", "exact", "errbench"] { #expect(line.contains(part)) }
        let single = try (0..<3).map { try bench.number("measure logit-diff on (run m bench.family[\"ioi\"][\($0)])") }
        let mean = try bench.number("measure logit-diff on (run m bench.family[\"ioi\"][0:3])")
        #expect(abs(mean - single.reduce(0, +) / 3) < 1e-9)
        #expect(try bench.number("measure logit-diff on m over bench.family[\"ioi\"][0:3]") == mean)
        let corrupt = try bench.number("measure logit-diff on (run m bench.family[\"ioi\"][0:3] corrupt)")
        #expect(try bench.number("measure logit-diff on m over bench.family[\"ioi\"][0:3] corrupt") == corrupt)
        #expect(corrupt < 0)
    }

    @Test func answersOfSeveralTokensAreRefusedWithARemedy() throws {
        let bench = try ExperimentBench()
        let failure = bench.failure("measure prob \"Maximilian\" on clean")
        #expect(
            failure.contains("metric.tokens") && failure.contains("tokens:") && failure.contains("tokens` shows them"))
        #expect(bench.failure("logit-diff \" Mary\"").contains("E009"))
        #expect(bench.failure("measure logit-diff on clean").contains("metric.answer"))
        #expect(bench.failure("measure ld on m").contains("over CORPUS"))
        #expect(bench.failure("measure kl from clean on m over bench").contains("metric.reference"))
    }
}
