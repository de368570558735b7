import Foundation
import Language
import Plots
import Workbench

/// A session's words on the process's standard streams.
final class Console: SessionOutput {
    private let isQuiet: Bool
    private let style = Style(descriptor: 1, environment: Standard.environment)
    private let line: ProgressLine
    private var isInsideLine = false

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
        line = ProgressLine(quiet: isQuiet)
    }

    var textOptions: TextOptions { TextOptions(width: Self.columns, color: style.depth) }

    func write(_ text: String) {
        line.clear()
        Standard.write((isInsideLine ? "\n" : "") + text + "\n", to: .output)
        isInsideLine = false
    }

    func stream(_ text: String) {
        line.clear()
        Standard.write(text, to: .output)
        isInsideLine = !text.hasSuffix("\n")
    }

    func notice(_ text: String) {
        guard !isQuiet || text.hasPrefix("warning") else { return }
        line.clear()
        let style = Style(descriptor: 2, environment: Standard.environment)
        Standard.write(text.hasPrefix("warning:") ? style("warning:", .warning) + text.dropFirst(8) : text, to: .error)
        Standard.write("\n", to: .error)
    }

    func progress(_ state: Workbench.Progress?) {
        guard let state else { return line.clear() }
        line.report("\(state.task) · \(state.unit)", done: state.done, of: state.total)
    }

    /// Renders diagnostics to standard error.
    static func show(_ diagnostics: [Diagnostic]) {
        let style = Style(descriptor: 2, environment: Standard.environment)
        for diagnostic in diagnostics {
            let text = diagnostic.rendered { role, text in
                switch role {
                case .heading, .mark: style(text, .error)
                case .message: style(text, .strong)
                case .gutter, .note: style(text, .faint)
                case .help: style(text, .help)
                case .source: text
                }
            }
            Standard.write(text, to: .error)
        }
    }

    /// Renders an error that no place in a script belongs to.
    static func show(_ error: LanguageError) {
        let style = Style(descriptor: 2, environment: Standard.environment)
        Standard.write(style("error \(error.code):", .error) + " \(error.message)\n", to: .error)
        if let help = error.help { Standard.write(style("help:", .help) + " \(help)\n", to: .error) }
    }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
}
