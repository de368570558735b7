import Documents
import Foundation
import Language
import Tensors
import Testing
import Workbench

/// What experiments refuse, how they are cancelled, and that their examples run.
@Suite struct ExperimentsRefusalTests {
    @Test func aGapNearZeroIsRefusedWithARemedy() throws {
        let bench = try ExperimentBench()
        let failure = bench.failure("patch m.heads[2, 5] from clean into clean measure ld")
        #expect(failure.contains("metric.gap") && failure.contains("measure … raw"))
        #expect(bench.run("patch m.heads[2, 5] from clean into clean measure ld raw").isEmpty)
    }

    @Test func versionsAreNotMixedAndBothAreNamed() throws {
        let bench = try ExperimentBench()
        bench.run("base = m\nablate m.heads[2, 5]")
        let failure = bench.failure("patch m.heads[3, 7] from clean into corrupt measure ld")
        #expect(failure.contains("model.versions"))
        #expect(failure.contains("teach-gptoss-bf16.gguf (version") && failure.contains("with 1 edit (version"))
        #expect(bench.failure("ablate m.heads[3, 7] into clean").contains("model.versions"))
        #expect(bench.run("patch base.heads[3, 7] from clean into corrupt measure ld").isEmpty)
    }

    /// A patch is computed as the run that it goes into; values computed otherwise do not belong there.
    @Test(arguments: [
        ("set precision fast", "fast", "set precision fast"),
        ("set kv q8_0", "exact · kv q8_0", "set kv q8_0"),
        (
            "set kv q8_0 until 4 then q4_0", "exact · kv q8_0 until 4 then q4_0",
            "set kv q8_0 until 4 then q4_0"
        ),
        ("set precision fast\nset kv f16", "fast · kv f16", "set precision fast and set kv f16"),
    ])
    func runsComputedOtherwiseAreNotMixed(setting: String, name: String, remedy: String) throws {
        let bench = try ExperimentBench()
        bench.run("\(setting)\nother = run m \"When Mary and John went to the store, Mary gave a drink to\"")
        for patch in [
            "patch m.heads[2, 5] from clean into other measure ld", "x = patch m.heads[2, 5] from clean into other",
            "patch each m.heads from clean into other measure ld",
        ] {
            let failure = bench.run(patch).first?.rendered() ?? ""
            #expect(failure.contains("patch.arithmetic"))
            #expect(failure.contains("the run patched from was computed in exact, the other in \(name)"), "\(failure)")
            #expect(failure.contains("write \(remedy), and run the prompt patched from again"), "\(failure)")
            #expect(failure.contains("│ \(patch)") && failure.contains("~~~~~"), "\(failure)")
        }
        // The remedy, done.
        bench.run("again = run m \"When Mary and John went to the store, John gave a drink to\"")
        #expect(bench.run("patch m.heads[2, 5] from again into other measure ld").isEmpty)
    }

    @Test func whatCannotBeMeantIsRefused() throws {
        let bench = try ExperimentBench()
        bench.run("short = run m \"John gave a drink to\"")
        let refusals: [(String, String)] = [
            ("patch m.heads[2, 5] from short into clean measure ld", "patch.lengths"),
            ("patch each m.heads from clean into corrupt", "needs `measure`"),
            ("patch m.heads at 99 from clean into corrupt measure ld", "edit.position"),
            ("patch m.layers[0].attn-in from clean into corrupt measure ld", "site.fixed"),
            ("patch clean from clean into corrupt", "E011"),
            ("ablate each m.heads", "needs `measure`"),
            ("ablate m.heads measure ld", "one thing to measure on"),
            ("ablate m.heads[0, 0] at -1", "edit.position"),
            ("ablate each m.heads at each measure loss over bench[0:9]", "sweep.lengths"),
            ("patch m.heads from (run m bench[0:2]) into clean", "patch.counts"),
            ("patch m.heads from (run m bench[0:2]) into (run m bench[2:4])", "patch.items"),
            ("measure ld raw on clean", "E007"), ("top clean 0", "E012"), ("top (run m bench[0:2])", "run.many"),
        ]
        for (script, code) in refusals { #expect(bench.failure(script).contains(code), "\(script)") }
    }

    @Test func explainForetellsWhatASweepComputes() throws {
        let bench = try ExperimentBench()
        bench.run("explain patch each m.layers.resid-pre at each from clean into corrupt measure ld")
        let foretold = try #require(bench.output.written.last)
        let footer = try bench.tensor("patch each m.layers.resid-pre at each from clean into corrupt measure ld")
            .footer[0]
        #expect(foretold.contains("56 edits; computes 1,050 of 3,136 cells") && foretold.contains("33%"))
        // The forecast is what it takes at most: where the runs begin alike, a patch starts later.
        #expect(footer == "56 patches · 14 tokens · exact · recomputed 7% of cells")
        bench.run("explain ablate each m.heads with mean over bench measure loss over bench[0:3]")
        #expect(bench.output.written.last?.contains("32 edits in each of 3 sequences") == true)
    }

    @Test func aSweepAndAGenerationAreCancelledWithoutATrace() async {
        await #expect(processExitsWith: .success) {
            let bench = try ExperimentBench()
            let state = bench.state
            // The request comes from another thread while the command waits for it, so it always lands in its middle.
            func request() {
                let thread = Thread { Interruption.request() }
                thread.start()
                while !Interruption.isRequested { usleep(100) }
            }
            bench.output.onProgress = { progress in if progress.task == "patch", progress.done == 2 { request() } }
            let sweep = bench.run(
                "t = patch each m.heads from (run m bench[0:6]) into (run m bench[0:6] corrupt) measure logit-diff")
            try #require(sweep.first?.kind == .interruption)
            try #require(bench.state == state)
            bench.output.onStream = { _ in if bench.output.streamed.count == 5 { request() } }
            let generation = bench.run("generate m \"The capital of France is\"")
            try #require(generation.first?.kind == .interruption)
            try #require(bench.state == state)
            try #require(bench.run("g = generate m \"The\" max 2").isEmpty)
        }
    }

    static let examples = Commands.all.filter { ["experiments", "metrics"].contains($0.signature.category.name) }
        .flatMap { command in command.signature.examples.map { (command.signature.name, $0) } }

    @Test(arguments: examples)
    func examplesRunAsTheyStand(command: String, script: String) throws {
        let bench = try ExperimentBench(nil)
        #expect(bench.failure(script) == "", "\(command)")
    }
}
