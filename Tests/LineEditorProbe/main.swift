/// A shell without a language: what the tests of the line editor type into. It prints every entry between brackets.

import Foundation
import Tensors
import Terminal

let environment = ProcessInfo.processInfo.environment

/// Writes at once, since the editor and the tests look at the screen in between.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

func depth(_ text: String) -> Int {
    text.reduce(0) { $0 + ($1 == "{" ? 1 : $1 == "}" ? -1 : 0) }
}

let words = ["ablate", "patch", "perplexity", "prune", "naïve"]

func completions(_ entry: String, _ cursor: Int) -> Completions {
    let before = String(decoding: entry.utf8.prefix(cursor), as: UTF8.self)
    let word =
        before.split(omittingEmptySubsequences: false, whereSeparator: { $0 == " " || $0 == "\n" }).last.map {
            String($0)
        } ?? ""
    let found = words.filter { $0.hasPrefix(word) }
    return Completions(
        replacing: word.utf8.count, with: found.map { .init(found.count == 1 ? $0 + " " : $0, note: "verb") })
}

/// Works until Ctrl-C or ten seconds, with progress.
func work() {
    let progress = ProgressLine()
    for step in 0..<1000 where !Interruption.isRequested {
        usleep(10000)
        progress.report("working", done: step, of: 1000)
    }
    progress.clear()
    say(Interruption.isRequested ? "[stopped]" : "[worked]")
}

/// Never looks at the request.
func sulk() {
    say("sulking")
    for _ in 0..<1000 { usleep(10000) }
}

guard let editor = LineEditor(environment: environment) else {
    say("[no editor]")
    exit(1)
}
editor.completeness = { depth($0) > 0 ? .incomplete(indentation: 2 * depth($0)) : .complete }
editor.completions = completions
let history = History(environment: environment)
for entry in history?.load() ?? [] { editor.remember(entry) }
InterruptSignal.watch()
reading: while true {
    Interruption.clear()
    switch editor.read(Prompt("probe>", bold: true)) {
    case .line("work"): work()
    case .line("sulk"): sulk()
    case .line(let entry):
        say("[\(entry.debugDescription)]")
        editor.remember(entry)
        history?.append(entry)
    case .interrupted: say("[interrupted]")
    case .endOfInput:
        say("[end]")
        break reading
    }
}
