import Language
import Tensors
import TestSupport
import Testing
import Workbench

/// `prune each … measure`: every choice alone, nothing changed.
struct PruneSweepTests {
    private func session(_ script: String) -> ScriptedSession {
        let session = ScriptedSession()
        let failure = session.run("m = open \"examples/models/teach-gptoss-bf16.gguf\"\n" + script)
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        return session
    }

    private let corpus = "calib = (corpus \"examples/models/heldout.txt\" context 64)[0:2]\n"

    private func values(_ name: String, _ session: ScriptedSession) throws -> Tensor {
        try #require(session.object(name, as: TensorValue.self)).tensor
    }

    @Test func eachExpertAloneIsWhatPruningItAloneComesTo() throws {
        let session = session(
            corpus + """
                sweep = prune each m.layers[1:3].experts[0:16] measure loss over calib
                raw = sweep.raw
                before = measure loss on m over calib
                a = prune m.layers[1] drop [3]
                first = measure loss on a over calib
                b = prune m.layers[2] drop [15]
                last = measure loss on b over calib
                """)
        let sweep = try values("sweep", session)
        #expect(sweep.shape == [2, 16] && sweep.axes == ["layer", "expert"])
        #expect(Set(sweep.values).count > 20)
        let raw = try values("raw", session)
        for (name, place) in [("first", 3), ("last", 31)] {
            let alone = try #require(session.number(name))
            #expect(abs(alone - Double(raw.values[place])) < 1e-6, "\(name)")
            let change = alone - (session.number("before") ?? 0)
            #expect(abs(change - Double(sweep.values[place])) < 1e-6, "\(name)")
        }
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
    }

    @Test func layersAreCutOneAfterAnotherAsAPlanOrNumbersSay() throws {
        let session = session(
            corpus + """
                scores = score m.experts by frequency over calib
                plan = select scores top 12 per layer
                planned = prune each m.layers keep plan measure kl over calib
                numbered = prune each m.layers drop [0, 7] measure kl over calib
                all = prune m keep plan measure kl over calib
                one = prune m.layers[2] drop [0, 7] measure kl over calib
                cut = prune m.layers[3] keep plan
                divergence = measure kl on cut over calib
                """)
        let (planned, numbered) = (try values("planned", session), try values("numbered", session))
        #expect(planned.shape == [4] && planned.axes == ["layer"] && planned.values.allSatisfy { $0 > 0 })
        #expect(abs(Double(numbered.values[2]) - (session.number("one") ?? 0)) < 1e-7)
        #expect(abs(Double(planned.values[3]) - (session.number("divergence") ?? 0)) < 1e-6)
        #expect((session.number("all") ?? 0) > Double(planned.values.max() ?? 1))
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
    }

    @Test func whatIsMaskedAlreadyCostsNothing() throws {
        let session = session(
            corpus + """
                restrict-experts m.layers[0] drop [2, 9]
                sweep = prune each m.layers[0:2].experts[0:4] measure kl over calib
                """)
        let sweep = try values("sweep", session)
        let base = try #require(session.number("sweep.base"))
        #expect(base > 0 && sweep.values[2] == 0)
        #expect(sweep.values.count { $0 != 0 } > 4)
    }

    @Test func explainTellsWhatItWouldCost() {
        let session = session(corpus + "explain prune each m.experts measure loss over calib")
        // Two windows of 64 tokens; layers 0…3 of 16 experts each compute 4, 3, 2 and 1 of 4 layers.
        #expect(session.output.lines.last?.contains("64 copies of the model over 128 tokens") == true)
        #expect(session.output.lines.last?.contains("20,480 of 32,768 cells") == true)
    }

    @Test func mistakesAreAnsweredBeforeAnythingRuns() {
        let session = session(corpus)
        for (line, part) in [
            ("prune each m.experts", "measure loss over"),
            ("prune each m.layers measure loss over calib", "drop [0, 7]"),
            ("prune each m.experts drop [1] measure loss over calib", "m.layers drop"),
            ("prune each m.heads measure loss over calib", "m.layers"),
            ("prune each m measure loss over calib", "m.experts"),
            ("prune each m.experts measure loss", "over CORPUS"),
            ("prune m measure loss over calib", "prune m keep plan"),
            ("prune each m.layers keep [0] measure kl over calib", "keep at least 2"),
            ("prune each m.layers drop [16] measure kl over calib", ""),
            ("prune m.layers[0].experts[3] measure kl over calib", "drop [3]"),
        ] {
            let failure = session.run(line)
            #expect(failure != nil, "\(line)")
            #expect(
                part.isEmpty || failure?.help?.contains(part) == true, "\(line): \(failure?.rendered() ?? "nothing")")
        }
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
    }
}
