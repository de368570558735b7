import Foundation
import Plots
import Synchronization
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

    @Test func progressIsOnlyForTerminals() throws {
        let pipe = Pipe()
        let clock = ContinuousClock.now
        let steps = Mutex(0)
        let progress = ProgressLine(descriptor: pipe.fileHandleForWriting.fileDescriptor) {
            clock
                + .seconds(
                    steps.withLock {
                        $0 += 1; return $0
                    })
        }
        for step in 0..<10 { progress.report("sweep", done: step, of: 10) }
        progress.clear()
        try pipe.fileHandleForWriting.close()
        #expect(try pipe.fileHandleForReading.readToEnd() ?? Data() == Data())
    }
}
