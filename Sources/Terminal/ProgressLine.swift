import Plots
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One line on standard error that tells how far long work is, and leaves nothing behind.
///
/// Any thread may report. Reports that come faster than a person reads are dropped; work that ends soon shows nothing.
public final class ProgressLine: Sendable {
    private struct State {
        var started: ContinuousClock.Instant?
        var drawn: ContinuousClock.Instant?
    }

    /// Time before the first report is shown, and between two that are.
    private static let patience = Duration.milliseconds(300)
    private static let pace = Duration.milliseconds(100)

    private let descriptor: Int32
    private let isShown: Bool
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Creates a line that is never shown where the descriptor is no terminal or the user asked for quiet.
    public init(
        descriptor: Int32 = 2, quiet: Bool = false,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.descriptor = descriptor
        self.now = now
        isShown = !quiet && isatty(descriptor) == 1
    }

    /// Reports that `done` of `total` parts of some work are done; a total of zero means it is not known.
    public func report(_ work: String, done: Int, of total: Int) {
        guard isShown else { return }
        let instant = now()
        state.withLock { state in
            let started = state.started ?? instant
            state.started = started
            guard instant - started >= Self.patience else { return }
            if let drawn = state.drawn, instant - drawn < Self.pace { return }
            state.drawn = instant
            draw(Self.line(work, done: done, of: total, elapsed: instant - started), columns: columns)
        }
    }

    /// Takes the line away, at the end of the work or before something else is written.
    public func clear() {
        guard isShown else { return }
        state.withLock { state in
            if state.drawn != nil { write("\r\u{1B}[K") }
            state = State()
        }
    }

    static func line(_ work: String, done: Int, of total: Int, elapsed: Duration) -> String {
        let name = TextColumns.printable(work)
        guard total > 0 else { return "\(name)  \(NumberText.grouped(done))" }
        let fraction = min(1, max(0, Double(done) / Double(total)))
        let filled = Int((fraction * 20).rounded(.down))
        let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: 20 - filled)
        var line = "\(name)  \(bar)  \(NumberText.percent(fraction)) of \(NumberText.grouped(total))"
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        if fraction >= 0.02 && seconds >= 2 {
            line +=
                " · about \(NumberText.duration((seconds * (1 - fraction) / fraction).rounded(.up), decimals: 0)) left"
        }
        return line
    }

    private func draw(_ line: String, columns: Int) {
        write("\r" + TextColumns.truncated(line, to: columns - 1) + "\u{1B}[K")
    }

    private var columns: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// A line that cannot be written is not worth an error.
    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        #if canImport(Glibc)
            _ = Glibc.write(descriptor, bytes, bytes.count)
        #elseif canImport(Musl)
            _ = Musl.write(descriptor, bytes, bytes.count)
        #else
            _ = Darwin.write(descriptor, bytes, bytes.count)
        #endif
    }
}
