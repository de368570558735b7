import Language
import Storage
import Testing
import Workbench

/// `imatrix`, `quantize … by`, `sparsify` as people say them.
struct CalibrationCommandTests {
    private func session(_ script: String, model: String = "qwen3moe") -> ScriptedSession {
        let session = ScriptedSession()
        let failure = session.run(
            """
            m = open "examples/models/teach-\(model)-bf16.gguf"
            calib = corpus "examples/models/heldout.txt" context 64
            """ + "\n" + script)
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        return session
    }

    private func digest(_ session: ScriptedSession, _ name: String) throws -> String {
        ValueDigest.of(try #require(session.value(name)))
    }

    @Test func anImportanceMatrixIsMeasuredWrittenReadAndUsed() throws {
        let path = try ScriptedSession.temporaryPath("calib.gguf")
        let measured = session("i = imatrix m over calib[0:6] into \"\(path)\"")
        let file = try ImportanceFile.read(path)
        #expect(file.chunkCount == 6 && file.chunkSize == 64 && file.datasets == ["heldout.txt"])
        #expect(file.entries.contains { $0.name == "blk.0.ffn_up_exps.weight" && $0.counts.count > 1 })
        #expect(measured.number("i.windows") == 6 && measured.number("i.tensors") == Double(file.entries.count))
        let scores = "f = score m.experts by frequency from i\ng = score m.experts by frequency over calib[0:6]"
        #expect(measured.run(scores) == nil)
        #expect(try digest(measured, "f") == digest(measured, "g"))
        let read = session("i = imatrix \"\(path)\"")
        #expect(try digest(read, "i") == digest(measured, "i"))
        for session in [measured, read] {
            #expect(session.run("quantize m.layers[0:2] as q4_0 using i") == nil)
        }
        #expect(try digest(read, "m") == digest(measured, "m"))
        let plain = session("quantize m.layers[0:2] as q4_0")
        #expect(try digest(plain, "m") != digest(measured, "m"))
    }

    @Test func aFloorShowsInTheTable() throws {
        let session = session("i = imatrix m over calib[0:40] windows 2 floor 24 seed 3\ni")
        let shown = try #require(session.output.lines.last)
        #expect(shown.contains("tokens least") && shown.contains("floor 24 tokens"))
        let counts = try #require(session.object("i", as: ImportanceValue.self)?.table)
        #expect(counts.rows.count == 4)
        for row in counts.rows {
            guard case .integer(let least) = row[2], case .integer(let never) = row[5] else { continue }
            #expect(never > 0 ? least == 0 : least >= 24)
        }
    }

    @Test func methodsKeepToTheirRules() {
        let session = session("i = imatrix m over calib[0:2]")
        for (line, part) in [
            ("quantize m.experts as w4a8", "gptq only"),
            ("quantize m.experts as w4a8 by awq over calib[0:2]", "gptq only"),
            ("quantize m.experts as q8_0 by awq over calib[0:2]", "4 bits"),
            ("quantize m.experts as q4_0 by gptq", "over"),
            ("quantize m.experts as q4_0 damping 0.1", "belongs to gptq"),
            ("quantize m.experts as q4_0 by gptq over calib[0:2] damping 3", "share"),
            ("quantize m.experts as q4_0 by gptq over calib[0:2] using i", "its own corpus"),
            ("quantize m.experts as q4_0 group 64", "groups of its own"),
            ("quantize m by gptq over calib[0:2]", "one of as"),
            ("score m.experts by reap from i", "how often"), ("imatrix m", "over"),
            ("imatrix \"x.gguf\" over calib", "as it is"), ("sparsify m.experts by wanda", "over"),
        ] {
            let failure = session.run(line)
            #expect(failure?.message.contains(part) == true, "\(line): \(failure?.rendered() ?? "nothing")")
        }
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
        #expect(session.run("quantize m.layers[0].experts as w4a8 fallback") == nil)
        #expect(session.output.lines.last?.contains("w4a16") == true)
    }

    @Test func aDryRunSaysWhoseErrorItShows() throws {
        let session = session("")
        func shown(_ line: String) throws -> String {
            #expect(session.run(line) == nil)
            return try #require(session.output.lines.last)
        }
        let plain = try shown("dry-run quantize m.layers[1] as q4_0")
        #expect(plain.contains("error: root mean square") && !plain.contains("rtn error"))
        for method in ["gptq", "awq"] {
            let text = try shown("dry-run quantize m.layers[1] as q4_0 by \(method) over calib[0:2]")
            #expect(text.contains("rtn error: of rounding to nearest, not of \(method)"), "\(text)")
            #expect(text.contains("compare the edited model"))
        }
        let failure = session.run("dry-run quantize m.layers[1] as q8_0 by awq over calib[0:2]")
        #expect(failure?.message.contains("4 bits") == true)
        #expect(session.object("m", as: ModelValue.self)?.edits.isEmpty == true)
    }

    @Test func calibratedMethodsComeCloserThanNearest() {
        let session = session(
            """
            base = m
            n = m
            quantize n.layers as w4a16 group 64
            quantize m.layers as w4a16 by gptq over calib[0:48] group 64
            """)
        #expect(session.run("x = compare n to base over calib[60:76]\ny = compare m to base over calib[60:76]") == nil)
        let (nearest, gptq) = (session.number("x.kl") ?? .nan, session.number("y.kl") ?? .nan)
        #expect(gptq < nearest, "gptq \(gptq), nearest \(nearest)")
    }

    @Test func sparsityIsSavedAsZeros() throws {
        let path = try ScriptedSession.temporaryPath("sparse.gguf")
        let session = session(
            """
            sparsify m.layers[0].experts by sparsegpt over calib[0:16]
            save m "\(path)"
            again = open "\(path)"
            """)
        let archive = try Archive.open(path)
        let entry = try #require(archive["blk.0.ffn_up_exps.weight"])
        let values = try #require(entry.floats())
        #expect(
            stride(from: 0, to: values.count, by: 4).allSatisfy { start in
                values[start..<start + 4].count { $0 == 0 } >= 2
            })
        let untouched = try #require(archive["blk.1.ffn_up_exps.weight"]?.floats())
        #expect(untouched.count { $0 == 0 } < untouched.count / 10)
        #expect(session.run("dry-run sparsify again.layers[1] by magnitude") == nil)
    }
}
