/// What `help` says about the language itself.
enum LanguageHelp {
    /// The pages, by topic.
    static let topics: [String: String] = [
        "language": language, "quit": leaving, "exit": leaving, "each": each, "with": scoped, "time": prefixes,
        "explain": prefixes, "dry-run": prefixes, "it": "it is the value that was shown last.",
    ]

    private static let language = """
        A statement is a command line, an assignment, for, if, def, with, assert, include, or an expression to show.

          m = open "examples/models/teach-gptoss-bf16.gguf"      a name for a value
          clean = run m "Mary gave a drink to"                   after = a command gives its value
          m.layers[2].experts[0:8]                               members and NumPy's slices; Tab completes
          ablate m.heads[2, 5]                                   as a statement an edit changes m; undo takes it back
          cut = ablate m.heads[2, 5]                             after = it gives an edited copy
          perplexity m over (corpus "held.txt")                  a command inside an argument stands in parentheses
          for head in 0..<8 { print head (head * 2) }            ranges are 0..<8 and 0...7; print writes a line
          def half x { x / 2 }                                   a command of your own gives its last value
          assert (half 4) == 2 "halving is broken"               ends a script with status 3 if it does not hold
          include "more.lancet"                                  runs another script

        # begins a comment. ; separates statements, and at the end of a line keeps a value from being shown.
        Names may hold hyphens (keep-count), so subtraction takes blanks: a - b. Sizes and shares have units: 7.5GiB, 28%.
        """

    private static let leaving = "quit and exit leave the prompt; so does Ctrl-D on an empty line."

    private static let each = """
        each before a selection makes a sweep of an edit: every part by itself, with a measure for each.

          patch each m.heads from clean into corrupt measure ld     a table [layer, head]
          ablate each m.experts measure loss over held              a table [layer, expert]

        Nothing is edited.
        """

    private static let scoped = """
        with EDIT { … } edits a variable for the length of a block.

          with ablate m.heads[2, 5] { perplexity m over held }
        """

    private static let prefixes = """
        time, explain and dry-run go before a whole command.

          time run m "hello"                    runs it and tells how long that took
          explain prune m keep plan             tells what it would do with these arguments
          dry-run quantize m as q8_0            tells what it would touch, cost and weigh
        """

    /// A text whose lines are broken at blanks.
    static func wrapped(_ text: String, to width: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
            var lines: [String] = []
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, line.count + 1 + word.count > max(20, width) {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            return (lines + [line]).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
