import Plots

/// An output that keeps values to itself, and lets warnings and progress through: a replay's.
final class SilentOutput: SessionOutput {
    private let inner: any SessionOutput

    init(_ inner: any SessionOutput) { self.inner = inner }

    var textOptions: TextOptions { inner.textOptions }
    func write(_ text: String) {}
    func stream(_ text: String) {}
    func notice(_ text: String) { inner.notice(text) }
    func progress(_ state: Progress?) { inner.progress(state) }
}
