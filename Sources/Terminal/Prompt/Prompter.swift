import Foundation
import Language
import Workbench

/// The read-evaluate-print loop.
struct Prompter {
    let options: SessionOptions

    /// Reads and runs entries until the end of input.
    func run() throws -> ExitStatus {
        let session = options.session(showsAssignments: true)
        guard let editor = LineEditor(environment: Standard.environment) else { return try plainLoop(session) }
        let history = History(environment: Standard.environment)
        for entry in history?.load() ?? [] { editor.remember(entry) }
        editor.completeness = { Self.completeness($0, in: session) }
        editor.completions = { Completer(session: session).completions(of: $0, at: $1) }
        let journal = Journal(environment: Standard.environment)
        if let journal { session.witnesses.append(journal) }
        Standard.write(Self.greeting + "\n", to: .error)
        while true {
            switch editor.read(Prompt("lancet> ", bold: true)) {
            case .endOfInput:
                Standard.write("\n", to: .error)
                return .done
            case .interrupted: continue
            case .line(let entry):
                let text = Transcript.withoutPrompts(entry)
                guard text.contains(where: { !$0.isWhitespace }) else { continue }
                if ["quit", "exit"].contains(text.trimmingCharacters(in: .whitespaces)) { return .done }
                editor.remember(text)
                _ = history?.append(text)
                evaluate(text, in: session)
            }
        }
    }

    /// A terminal that cannot move its cursor: lines as they come.
    private func plainLoop(_ session: Session) throws -> ExitStatus {
        var entry = ""
        while let line = readLine() {
            entry += entry.isEmpty ? line : "\n" + line
            if case .incomplete = Self.completeness(entry, in: session) { continue }
            evaluate(entry, in: session)
            entry = ""
        }
        return .done
    }

    private func evaluate(_ text: String, in session: Session) {
        InterruptSignal.watch()
        defer { InterruptSignal.unwatch() }
        Console.show(session.run(SourceText(text)))
    }

    private static func completeness(_ entry: String, in session: Session) -> LineEditor.Completeness {
        let program = Parser.parse(SourceText(entry), vocabulary: session.interpreter.vocabulary)
        guard case .incomplete = program.status else { return .complete }
        let depth = entry.reduce(0) { depth, character in
            "([{".contains(character) ? depth + 1 : ")]}".contains(character) ? depth - 1 : depth
        }
        return .incomplete(indentation: 4 * max(0, min(depth, 8)))
    }

    private static let greeting =
        "Lancet \(LancetVersion.text) · help lists the commands · Tab completes · Ctrl-D leaves"
}
