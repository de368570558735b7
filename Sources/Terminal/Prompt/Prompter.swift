import Foundation
import Language
import Workbench

/// The read-evaluate-print loop.
struct Prompter {
    let options: SessionOptions

    /// Reads and runs entries until the end of input.
    func run() -> ExitStatus {
        let session = options.session(showsAssignments: true)
        if let journal = Journal(environment: Standard.environment) { session.witnesses.append(journal) }
        if !options.quiet { Standard.write(Self.greeting + "\n", to: .error) }
        guard let editor = LineEditor(environment: Standard.environment) else {
            plainLoop(session)
            return .done
        }
        let history = History(environment: Standard.environment)
        for entry in history?.load() ?? [] { editor.remember(entry) }
        editor.completeness = { Self.completeness($0, in: session) }
        editor.completions = { Completer(session: session).completions(of: $0, at: $1) }
        while true {
            switch editor.read(Prompt("lancet>", bold: true)) {
            case .endOfInput:
                Standard.write("\n", to: .error)
                return .done
            case .interrupted: continue
            case .line(let entry):
                let text = Transcript.withoutPrompts(entry) { Self.isIncomplete($0, in: session) }
                guard text.contains(where: { !$0.isWhitespace }) else { continue }
                if Self.isFarewell(text) { return .done }
                editor.remember(text)
                _ = history?.append(text)
                evaluate(text, in: session)
            }
        }
    }

    /// A terminal that cannot move its cursor: lines as they come.
    private func plainLoop(_ session: Session) {
        var entry = ""
        while true {
            Standard.write(entry.isEmpty ? Transcript.prompt : "", to: .error)
            guard let line = readLine() else { break }
            entry += entry.isEmpty ? line : "\n" + line
            if Self.isIncomplete(entry, in: session) { continue }
            if Self.isFarewell(entry) { return }
            evaluate(entry, in: session)
            entry = ""
        }
        if !entry.isEmpty { evaluate(entry, in: session) }
    }

    private func evaluate(_ text: String, in session: Session) {
        InterruptSignal.watch()
        defer { InterruptSignal.unwatch() }
        let diagnostics = session.run(SourceText(text))
        if diagnostics.first?.kind == .interruption {
            session.output.notice("interrupted: everything is as it was before the command")
        } else {
            Console.show(Habits.advised(diagnostics, on: text))
        }
    }

    private static func isFarewell(_ text: String) -> Bool {
        ["quit", "exit"].contains(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func isIncomplete(_ entry: String, in session: Session) -> Bool {
        if case .incomplete = Parser.parse(SourceText(entry), vocabulary: session.interpreter.vocabulary).status {
            return true
        }
        return false
    }

    private static func completeness(_ entry: String, in session: Session) -> LineEditor.Completeness {
        guard isIncomplete(entry, in: session) else { return .complete }
        let depth = entry.reduce(0) { depth, character in
            "([{".contains(character) ? depth + 1 : ")]}".contains(character) ? depth - 1 : depth
        }
        return .incomplete(indentation: 4 * max(0, min(depth, 8)))
    }

    private static let greeting =
        "Lancet \(LancetVersion.text) · help lists the commands · Tab completes · Ctrl-C stops a command · Ctrl-D leaves"
}
