import Documents
import Foundation
import Inference
import Language
import Scoring
import TestSupport
import Testing
import Workbench

@Suite struct CompressionPlanTests {
    private func session(_ script: String = "") -> ScriptedSession {
        let session = ScriptedSession()
        #expect(session.run("m = open \"examples/models/teach-gptoss-bf16.gguf\"\n" + script) == nil)
        return session
    }

    private func written(_ text: String) throws -> String {
        let path = try ScriptedSession.temporaryPath("plan.json")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aPlanIsReadBackAsItWasWritten() throws {
        let session = session(
            "plan = select (score m.experts by router-norm) top 12 per layer\nc = plan m drop [[0, 7], [3], [], [15]]")
        for name in ["plan", "c"] {
            let plan = try #require(session.object(name, as: PlanValue.self))
            let path = try written(plan.json.printed())
            #expect(session.run("again = plan \"\(path)\"\nrestrict-experts m keep again\nundo") == nil)
            let again = try #require(session.object("again", as: PlanValue.self))
            #expect(again.plan == plan.plan)
            #expect(again.json == plan.json)
        }
    }

    @Test(arguments: [
        "", "[]", "{\"lancet\": \"plan\"}",
        "{\"lancet\":\"plan\",\"family\":\"gpt-oss\",\"model\":\"x\",\"experts\":[2]}",
        "{\"lancet\":\"plan\",\"family\":\"f\",\"model\":\"x\",\"experts\":[2],\"kept\":[[0,0]],\"original-experts\":[[0,1]]}",
        "{\"lancet\":\"plan\",\"family\":\"f\",\"model\":\"x\",\"experts\":[2],\"kept\":[[5]],\"original-experts\":[[0,1]]}",
        "{\"lancet\":\"plan\",\"family\":\"f\",\"model\":\"x\",\"experts\":[2],\"kept\":[[-1]],\"original-experts\":[[0,1]]}",
        "{\"lancet\":\"plan\",\"family\":\"f\",\"model\":\"x\",\"experts\":[99999999999999999999],\"kept\":[[]]}",
        "{\"lancet\":\"plan\",\"family\":\"f\",\"model\":\"x\",\"experts\":[2],\"kept\":[null],\"original-experts\":[null]}",
    ])
    func whatIsNoPlanIsRefused(text: String) throws {
        let error = session().run("p = plan \"\(try written(text))\"")
        #expect(error?.code == "plan.json")
        #expect(error?.help != nil)
    }

    @Test func aPlanIsForOneNumberingOfExperts() throws {
        let session = session("p = plan m drop [0]\nprune m keep p")
        let error = session.run("prune m keep p")
        #expect(error?.code == "plan.version")
        #expect(error?.message.contains("teach-gptoss-bf16.gguf with 1 edit") == true)
        let other = session.run("q = open \"examples/models/teach-qwen3moe-bf16.gguf\"\nrestrict-experts q keep p")
        #expect(other?.code == "plan.version")
    }

    @Test func aPlanForAModelOutlivesItsRestriction() {
        let session = session("p = plan m drop [0, 1]\nrestrict-experts m keep p\nprune m keep p")
        #expect(
            session.object("m", as: ModelValue.self)?.model.blueprint.layers.map(\.expertCount) == [14, 14, 14, 14])
    }

    @Test func budgetsAndSharesAreOfTheWholeModel() throws {
        let session = session(
            """
            s = score m.experts by router-norm
            b = select s budget 22MiB
            f = select s fraction 75%
            u = select s budget 22MiB uneven floor 4 per layer
            prune m keep b
            """)
        #expect(try #require(session.number("m.bytes")) <= 22 * 1_048_576)
        #expect(session.object("f", as: PlanValue.self)?.plan.keptCounts == [12, 12, 12, 12])
        #expect(session.object("u", as: PlanValue.self)?.plan.keptCounts.allSatisfy { $0 >= 4 } == true)
        #expect(session.run("x = select s budget 1MiB")?.code == "select.amount")
        #expect(session.run("x = select s top 1 per layer")?.help?.contains("2") == true)
        #expect(session.run("x = select s top 4 fraction 50%")?.code == "E009")
        #expect(
            session.run(
                "x = select (score m.heads by ablation over (corpus \"examples/models/errbench.jsonl\")[0:1]) top 2")
                != nil)
    }

    @Test func choicesOfExpertsTakeEveryForm() throws {
        let session = session(
            """
            a = restrict-experts m drop [0, 7]
            b = restrict-experts m drop [[0, 7], [0, 7], [0, 7], [0, 7]]
            c = restrict-experts m keep (plan m drop [7, 0])
            d = restrict-experts m.layers[3] keep 2...6
            e = restrict-experts d all
            """)
        let kept = ["a", "b", "c"].compactMap { session.object($0, as: ModelValue.self)?.model.keptExperts }
        #expect(kept[0] == kept[1] && kept[1] == kept[2])
        #expect(kept.first?.first == Array(0..<16).filter { $0 != 0 && $0 != 7 })
        #expect(session.object("d", as: ModelValue.self)?.model.keptExperts == [nil, nil, nil, [2, 3, 4, 5, 6]])
        #expect(session.object("e", as: ModelValue.self)?.model.keptExperts == [nil, nil, nil, nil])
    }

    @Test(arguments: [
        "restrict-experts m", "restrict-experts m drop [16]", "restrict-experts m drop [-1]",
        "restrict-experts m keep [3]",
        "restrict-experts m drop [[1], [2]]", "restrict-experts m drop [0.5]", "restrict-experts m drop \"a\"",
        "restrict-experts m keep [1, 2] drop [3]", "restrict-experts m.heads drop [3]", "restrict-experts 3 drop [3]",
        "restrict-experts m.experts[1, 0:2] drop [0]", "restrict-experts m drop (plan m drop [1])", "prune m",
        "restrict-experts m all drop [1]", "p = plan m", "p = plan \"x.json\" drop [1]",
    ])
    func whatCannotBeDoneIsAnErrorAndChangesNothing(line: String) {
        let session = session()
        let before = session.object("m", as: ModelValue.self)?.version
        #expect(session.run(line) != nil)
        #expect(session.object("m", as: ModelValue.self)?.version == before)
    }
}
