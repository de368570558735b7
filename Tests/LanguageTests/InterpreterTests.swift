import Foundation
import Language
import Testing

@Suite struct InterpreterTests {
    let host = ToyHost()

    private func interpreter() -> Interpreter {
        let interpreter = Interpreter(host: host)
        interpreter.set("m", to: .object(ToyModel()))
        return interpreter
    }

    private func edits(_ interpreter: Interpreter) -> [String]? {
        guard case .object(let object)? = interpreter.value(of: "m") else { return nil }
        return (object as? ToyModel)?.edits
    }

    @Test func aFailedStatementLeavesEveryVariableAsItWas() {
        let interpreter = interpreter()
        let before = interpreter.variables.map(\.name)
        let failure = interpreter.run(SourceText("for i in 0..<3 { ablate m.heads[i]; x = i; fail m }"))
        #expect(failure.map(\.code) == ["E100"])
        #expect(edits(interpreter) == [])
        #expect(interpreter.variables.map(\.name) == before)
        #expect(interpreter.history.isEmpty)
    }

    @Test func anInterruptionInTheMiddleOfALoopRollsBack() {
        let interpreter = interpreter()
        host.patience = 7
        let failure = interpreter.run(SourceText("ablate m.heads[0]\nfor i in 0..<1000000000 { ablate m.heads[0] }"))
        #expect(failure.map(\.kind) == [.interruption])
        #expect(edits(interpreter) == ["ablate heads[0]"])
        #expect(interpreter.run(SourceText("edits m")).isEmpty)
    }

    @Test func anInterruptionInsideWithRestoresTheVariable() {
        let interpreter = interpreter()
        host.patience = 3
        let failure = interpreter.run(SourceText("with ablate m.heads[0] { for i in 0..<9 { i; } }"))
        #expect(failure.map(\.kind) == [.interruption])
        #expect(edits(interpreter) == [])
    }

    @Test func undoOutsideAScriptReturnsTheCommand() throws {
        let interpreter = interpreter()
        #expect(interpreter.run(SourceText("ablate m.heads[2,5]")).isEmpty)
        #expect(try interpreter.undo().command == "ablate m.heads[2, 5]")
        #expect(edits(interpreter) == [])
        #expect(try interpreter.redo().variable == "m")
        #expect(edits(interpreter) == ["ablate heads[2,5]"])
    }

    @Test func anAssignmentStartsAVariablesHistoryAnew() {
        let interpreter = interpreter()
        #expect(interpreter.run(SourceText("ablate m.heads[0]; m = open \"b.gguf\"")).isEmpty)
        #expect(interpreter.history.isEmpty)
    }

    @Test func theInvocationSaysWhatItWasGiven() throws {
        let interpreter = interpreter()
        interpreter.set("calib", to: .text("texts"))
        #expect(interpreter.run(SourceText("ablate each m.layers[1].experts with mean over calib measure kl")).isEmpty)
        let invocation = try #require(host.performed.last)
        #expect(invocation.root?.name == "m")
        #expect(invocation.isStatement)
        #expect(invocation.arguments.map(\.isEach) == [true])
        #expect(invocation.arguments.map(\.text) == ["each m.layers[1].experts"])
        #expect(try invocation["with"]?.asText() == "mean")
        #expect(invocation["with"]?.isWord == true)
        #expect(try invocation.label("with")?["over"]?.asText() == "texts")
        #expect(invocation.has("measure"))
        #expect(!invocation.has("into"))
        #expect(invocation.text == "ablate each m.layers[1].experts with mean over calib measure kl")
        #expect(host.performed.map(\.signature.name) == ["kl", "ablate"])
    }

    @Test func theJournalHoldsCanonicalStatements() {
        let interpreter = interpreter()
        interpreter.run(SourceText("x   =  (1+2)*3 # nine\nablate   m.heads[ 2,5 ];\n"))
        #expect(host.journal == ["x = (1 + 2) * 3", "ablate m.heads[2, 5];"])
    }

    @Test func aFunctionCanBeCalledByTheHost() throws {
        let interpreter = interpreter()
        interpreter.run(SourceText("def twice x { x * 2 }"))
        let twice = try #require(interpreter.functions.first)
        #expect(Value.same(try interpreter.call(twice, [.number(4)]), .number(8)))
        #expect(throws: LanguageError.self) { try interpreter.call(twice, []) }
    }

    @Test func definitionsOutliveTheTextThatMadeThem() {
        let interpreter = interpreter()
        interpreter.run(SourceText("def bad x { x.nowhere }"))
        let failure = interpreter.run(SourceText("y = 1\nbad y")).first
        #expect(failure?.source.text(of: failure?.span ?? Span(0, 0)) == "nowhere")
        #expect(failure?.trace == ["  in `bad`, called at 2:1"])
    }

    @Test func aPathIsReadWithoutRunningAnything() {
        let interpreter = interpreter()
        #expect(interpreter.value(ofPath: "m.layers[2]")?.kindName == "a layer")
        #expect(interpreter.value(ofPath: "m.layers[9]") == nil)
        #expect(interpreter.value(ofPath: "prune m") == nil)
        #expect(interpreter.value(ofPath: "nowhere.x") == nil)
        #expect(host.performed.isEmpty)
    }

    @Test func aHostsCommandWinsOverABuiltInFunction() {
        final class Loud: Language.Host {
            let signatures = [Signature("abs", "its own", category: .functions, parameters: [Parameter("value")])]
            var shown: [String] = []
            func perform(_ invocation: Invocation, in interpreter: Interpreter) throws(LanguageError) -> Outcome {
                Outcome(.text("host's"))
            }
            func show(_ value: Value, of statement: Statement) { shown.append(value.description) }
            func printLine(_ line: String, of values: [Value]) {}
        }
        let loud = Loud()
        #expect(Interpreter(host: loud).run(SourceText("abs -3; time abs 3")).isEmpty)
        #expect(loud.shown == ["host's", "host's"])
    }

    @Test func theDeepestRecursionFitsFourMegabytesOfStack() async {
        let wrapped = String(repeating: "abs (", count: 60) + "f n" + String(repeating: ")", count: 60)
        let script = "def f n { if true { with ablate n.heads { [[(\(wrapped))]] } } }"
        let codes: [String] = await withCheckedContinuation { continuation in
            let thread = Thread {
                let host = ToyHost()
                let interpreter = Interpreter(host: host)
                interpreter.set("m", to: .object(ToyModel()))
                let codes = interpreter.run(SourceText(script + "\nf m")).map(\.code)
                continuation.resume(returning: codes)
            }
            thread.stackSize = 4 << 20
            thread.start()
        }
        #expect(codes == ["E017"])
    }
}
