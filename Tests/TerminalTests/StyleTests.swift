import Plots
import Terminal
import Testing

@Suite struct StyleTests {
    @Test func colourNeedsATerminalThatWantsIt() {
        #expect(Style(isTerminal: true, environment: ["TERM": "xterm"]).isColored)
        #expect(!Style(isTerminal: false, environment: ["TERM": "xterm"]).isColored)
        #expect(!Style(isTerminal: true, environment: ["TERM": "dumb"]).isColored)
        #expect(!Style(isTerminal: true, environment: [:]).isColored)
        #expect(!Style(isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"]).isColored)
        #expect(Style(isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": ""]).isColored)
    }

    @Test func plotsUseWhatTheTerminalPromises() {
        func depth(_ environment: [String: String]) -> ColorDepth {
            Style(isTerminal: true, environment: environment).depth
        }
        #expect(depth(["TERM": "xterm"]) == .none)
        #expect(depth(["TERM": "tmux-256color"]) == .palette256)
        #expect(depth(["TERM": "xterm-256color", "COLORTERM": "truecolor"]) == .full)
        #expect(depth(["TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"]) == .none)
    }

    @Test(arguments: Style.Role.allCases) func everyRoleIsClosedAgain(role: Style.Role) {
        let style = Style(isTerminal: true, environment: ["TERM": "xterm"])
        #expect(style("x", role).hasPrefix("\u{1B}["))
        #expect(style("x", role).hasSuffix("x\u{1B}[0m"))
        #expect(style("", role).isEmpty)
        #expect(Style.plain("x", role) == "x")
    }
}
