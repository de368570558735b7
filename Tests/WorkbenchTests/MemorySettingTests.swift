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
            #expect(limited.output.notices.contains { $0.contains("uses of experts found in memory") })
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
}
