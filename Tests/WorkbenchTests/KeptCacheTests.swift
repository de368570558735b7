import Foundation
import Language
import TestSupport
import Testing
import Workbench

/// What keys and values are kept in, at the prompt.
@Suite struct KeptCacheTests {
    @Test(arguments: [
        ("q8_0", "q8_0"), ("q8_0 until 4096 then q4_0", "q8_0 until 4096 then q4_0"),
        ("full q8_0 windowed f16", "full q8_0 windowed f16"),
        ("windowed f16", "full f32 windowed f16"),
        (
            "full q8_0 until 10 then q4_0 until 20 then fp8 windowed f16 until 5 then f32",
            "full q8_0 until 10 then q4_0 until 20 then fp8 windowed f16 until 5 then f32"
        ),
    ])
    func aRuleIsShownAsItIsSet(written: String, shown: String) {
        let session = ScriptedSession()
        #expect(session.run("set kv \(written)\nset kv") == nil)
        #expect(session.output.lines == [shown])
        // What is shown can be set again.
        #expect(session.run("set kv f32\nset kv \(shown)\nset kv") == nil)
        #expect(session.output.lines.last == shown)
    }

    @Test(arguments: [
        ("set kv q9", "q4_0"), ("set kv until 5 then q4_0", "before it"), ("set kv q8_0 windowed f16", "beside"),
        ("set kv q8_0 until 9 then q4_0 until 9 then f16", "ascend"), ("set kv q8_0 until 0 then q4_0", "out of range"),
        ("set kv q8_0 until 9", "needs `then`"), ("set seed 7 until 9 then q4_0", "belongs to `set kv`"),
    ])
    func whatMakesNoSenseIsRefusedWhereItStands(script: String, part: String) {
        let failure = ScriptedSession().run(script)
        let text = [failure?.message, failure?.help].compactMap(\.self).joined(separator: " ")
        #expect(text.contains(part), "\(text)")
    }

    @Test func resultsNameItAndCompareShowsWhatItCosts() throws {
        let session = ScriptedSession()
        let failure = session.run(
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            held = corpus "examples/models/heldout.txt" context 128
            half = compare m to m over held[0:4] kv f16
            eight = compare m to m over held[0:4] kv q8_0
            four = compare m to m over held[0:4] kv q4_0
            none = compare m to m over held[0:4] kv f32
            """)
        #expect(failure == nil)
        let divergences = ["none", "half", "eight", "four"].compactMap { session.number("\($0).kl") }
        #expect(divergences.count == 4)
        #expect(divergences[0] == 0)
        for (finer, coarser) in zip(divergences, divergences.dropFirst()) { #expect(finer < coarser) }
        #expect(
            session.run(
                "eightbit = quantize m.experts as q8_0\nfast = compare eightbit to eightbit over held[0:1] precision fast"
            ) == nil)
        #expect(session.number("fast.kl") ?? 0 > 0)
        // Where no matrix is quantized nothing is coded, which is said rather than shown as a zero alone.
        let remark = "`fast` codes what quantized matrices are multiplied with, and teach-gptoss-bf16.gguf has none"
        #expect(session.run("compare m to m over held[0:1] precision fast\nfast") == nil)
        #expect(session.output.lines.map { $0.contains(remark) } == [true, false])
        #expect(session.run("four\nnone") == nil)
        let shown = session.output.lines.dropFirst(2)
        #expect(shown.first?.contains("(exact · kv q4_0) to") == true && shown.first?.contains("(exact)") == true)
        #expect(shown.last?.contains("kv") == false)
        // The other way round: the session's own setting is the base's.
        #expect(session.run("set kv q4_0\nsame = compare m to m over held[0:2]\nsame.kl\nsame") == nil)
        #expect(session.number("same.kl") == 0)
        #expect(session.output.lines.last?.contains("exact · kv q4_0") == true)
    }

    @Test func memoryIsForetoldAsTheSurfaceAsks() throws {
        let session = ScriptedSession()
        let failure = session.run(
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            memory m context 8192 kv q8_0
            foretold = memory m context 8192 kv q8_0
            """)
        #expect(failure == nil)
        let text = session.output.lines[0]
        for part in [
            "weights", "experts 24.", "attention 1.", "kv cache", "2 full layers, 2 windowed (64)",
            "q8_0 at 8,192 positions",
            "fits in 4 GiB yes · 6 yes · 8 yes · 12 yes · 16 yes",
        ] { #expect(text.contains(part), "\(part): \(text)") }
        // 2 key-value heads of 32 channels in 34 bytes each; keys and values.
        #expect(session.number("foretold.kv") == Double(2 * (8192 + 64) * 2 * 2 * 34))
        #expect(session.number("foretold.weights") == session.number("m.bytes"))
    }

    @Test func hitRatesOfATraceAscendAndEndWhereNothingIsLost() throws {
        let session = ScriptedSession()
        let failure = session.run(
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            held = corpus "examples/models/heldout.txt" context 128
            routes = trace m over held[0:2]
            weighed = memory m kv f16 trace routes
            rates = weighed.hit-rates
            """)
        #expect(failure == nil)
        for policy in ["lru", "lfu", "pinned"] {
            let rates = (0..<10).compactMap { session.number("rates[\($0), \"\(policy)\"]") }
            #expect(rates.count == 10)
            for (less, more) in zip(rates, rates.dropFirst()) { #expect(less <= more) }
            #expect(rates.last ?? 0 > 0.9)
        }
        #expect(session.number("rates[9, \"pinned\"]") == 1)
        #expect(session.run("memory m trace m")?.message.contains("routing trace") == true)
    }

    @Test func aRunIsComputedOnAsItWas() throws {
        let bench = try ExperimentBench("gptoss")
        bench.run("set kv q4_0\nnow = run m \"When Mary and John went to the store, John gave a drink to\"")
        let before = try bench.number("measure ld on clean"), after = try bench.number("measure ld on now")
        #expect(before != after)
        bench.run("set kv f32")
        #expect(try bench.number("measure ld on now") == after)
    }
}
