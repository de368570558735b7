import Foundation
import Language
import Testing
import Workbench

/// `set memory` at the prompt. A limit is for the whole process, of which other tests may take gigabytes at the same time, so
/// limits that are to hold are large here; small ones are tried in processes of their own.
@Suite struct MemorySettingTests {
    private static let open = "m = open \"examples/models/teach-gptoss-bf16.gguf\"\n"

    @Test func aLimitChangesNoBitWhicheverCameFirst() {
        let free = ScriptedSession()
        #expect(
            free.run(Self.open + "g = generate m \"The capital of France is\" max 8\nr = run m [5, 300, 17]") == nil)
        let runs = [Self.open + "set memory 64GiB\n", "set memory 64GiB\n" + Self.open]
        for start in runs {
            let limited = ScriptedSession()
            #expect(
                limited.run(start + "g = generate m \"The capital of France is\" max 8\nr = run m [5, 300, 17]") == nil)
            for name in ["g", "r"] {
                #expect(
                    limited.value(name).map { ValueDigest.of($0) }
                        == free.value(name).map { ValueDigest.of($0) })
            }
            #expect(limited.output.notices.contains { $0.contains("experts' matrices found in memory") })
            #expect(limited.run("set memory") == nil)
            let shown = limited.output.lines.last ?? ""
            #expect(shown.contains("limit 64.0 GiB") || shown.contains("limit 64 GiB"), "\(shown)")
            #expect(shown.contains("64 experts"), "\(shown)")
            #expect(limited.run("set memory off\nq = run m [5, 300, 17]\nset memory") == nil)
            #expect(limited.output.lines.last == "off")
            #expect(
                limited.value("q").map { ValueDigest.of($0) }
                    == free.value("r").map { ValueDigest.of($0) })
        }
    }

    @Test func editsAndOtherModelsRunUnderALimit() {
        let script = """
            prune m.layers[1] drop [0, 7]
            restrict-experts m.layers[2] drop [3]
            quantize m.layers[0].experts as q8_0
            a = run m [5, 300, 17]
            """
        let (free, limited) = (ScriptedSession(), ScriptedSession())
        #expect(free.run(Self.open + script) == nil)
        #expect(limited.run("set memory 64GiB\n" + Self.open + script) == nil)
        #expect(
            limited.value("a").map { ValueDigest.of($0) }
                == free.value("a").map { ValueDigest.of($0) })
        #expect(limited.run("undo\nb = run m [5, 300, 17]\nthreads = 1\nset threads 1\nc = run m [5, 300, 17]") == nil)
    }

    @Test(arguments: ["set memory 8", "set memory \"much\"", "set memory 1MiB", "set memory 0GiB"])
    func aLimitThatIsNoneIsRefusedWithARemedy(statement: String) {
        let session = ScriptedSession()
        let failure = session.run(statement)
        #expect(failure != nil)
        #expect(failure?.help?.contains("8GiB") == true, "\(failure?.rendered() ?? "")")
        #expect(session.run("set memory") == nil)
        #expect(session.output.lines.last == "off")
    }

    @Test func undoTakesSettingsBackThatResultsAreRecordedWith() {
        let session = ScriptedSession()
        func shown(_ setting: String) -> String? {
            session.run("set \(setting)") == nil ? session.output.lines.last : nil
        }
        #expect(session.run("set seed 7\nset precision fast\nset kv q8_0\nset memory 64GiB\nset mode json") == nil)
        #expect(session.run("set memory 32GiB\nset mode text\nundo") == nil)
        #expect(session.output.lines.last == "undone: set memory 32GiB")
        #expect(shown("memory")?.contains("limit 64") == true)
        #expect(session.run("undo") == nil)
        #expect(shown("memory") == "off")
        #expect(session.run("redo") == nil)
        #expect(shown("memory")?.contains("limit 64") == true)
        #expect(session.run("undo\nundo") == nil)
        #expect(shown("kv") == "f32")
        #expect(session.run("undo") == nil)
        #expect(shown("precision") == "exact")
        #expect(shown("seed") == "7")
        #expect(session.run("undo") == nil)
        #expect(shown("seed") == "0")
        #expect(session.run("undo") != nil)
    }

    @Test func settingsAndEditsAreTakenBackInTheirOrderAndAFailureLeavesBoth() {
        let session = ScriptedSession()
        #expect(session.run(Self.open + "ablate m.heads[2, 5]\nset precision fast") == nil)
        #expect(session.run("for i in 0..<2 {\n set seed 5\n ablate m.heads[9, 9]\n}") != nil)
        #expect(session.run("set seed") == nil)
        #expect(session.output.lines.last == "0")
        #expect(session.run("undo\nset precision") == nil)
        #expect(session.output.lines.last == "exact")
        #expect(session.run("undo") == nil)
        #expect(session.output.lines.last == "undone: ablate m.heads[2, 5]")
    }

    @Test func weightsMadeHereAreSaidNotToBePaged() throws {
        let session = ScriptedSession()
        #expect(session.run("set memory 64GiB\n" + Self.open + "set memory") == nil)
        #expect(session.output.lines.last?.contains("not paged") == false)
        #expect(session.run("quantize m.layers[0].experts as q8_0\nset memory") == nil)
        #expect(session.output.lines.last?.contains("not paged: ") == true, "\(session.output.lines)")
        #expect(session.run("undo\nset memory") == nil)
        #expect(session.output.lines.last?.contains("not paged") == false)
    }
}
