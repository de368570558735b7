import CEditLine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads entries of one or more lines from a person at a terminal, with editing, history, search and completion.
///
/// There is one at a time, used from one thread. While it reads, nothing else may write to the terminal.
public final class LineEditor {
    /// What a person answered to a prompt.
    public enum Result: Equatable, Sendable {
        /// An entry, without the newline that ended it; it may have several lines.
        case line(String)
        /// Ctrl-C: the entry was dropped.
        case interrupted
        /// Ctrl-D on an empty entry, or the terminal is gone.
        case endOfInput
    }

    /// Whether Enter runs an entry.
    public enum Completeness: Equatable, Sendable {
        /// It is whole, or wrong in a way that more lines do not mend.
        case complete
        /// It goes on in a new line, which begins with that many spaces.
        case incomplete(indentation: Int)
    }

    /// Whether an entry is whole; asked when Enter is pressed.
    public var completeness: (_ entry: String) -> Completeness = { _ in .complete }

    /// What could stand at a place; asked when Tab is pressed.
    ///
    /// - Units: the cursor is a UTF-8 offset into the entry.
    public var completions: (_ entry: String, _ cursor: Int) -> Completions = { _, _ in
        Completions(replacing: 0, with: [])
    }

    private var editor: OpaquePointer?

    /// Opens the editor; `nil` where standard input or output is no terminal, or one that cannot move its cursor. Read
    /// plain lines then.
    public init?(environment: [String: String]) {
        guard isatty(0) == 1, isatty(1) == 1 else { return nil }
        guard let terminal = environment["TERM"], !terminal.isEmpty, terminal != "dumb" else { return nil }
        let host = lancet_editor_host(
            context: Unmanaged.passUnretained(self).toOpaque(),
            complete: { context, text, length, cursor in
                guard let editor = LineEditor.from(context) else { return lancet_completion() }
                return editor.complete(LineEditor.string(text, length), cursor: cursor)
            },
            enter: { context, text, length, cursor in
                guard let editor = LineEditor.from(context) else { return -1 }
                return editor.enter(LineEditor.string(text, length), cursor: cursor)
            })
        editor = lancet_editor_open("lancet", host)
        if editor == nil { return nil }
    }

    deinit {
        if let editor { lancet_editor_close(editor) }
    }

    /// Shows a prompt and reads one entry.
    public func read(_ prompt: Prompt) -> Result {
        guard let editor else { return .endOfInput }
        var text: UnsafePointer<CChar>?
        var length = 0
        switch lancet_editor_read(editor, prompt.marked, &text, &length) {
        case LANCET_READ_LINE: return text.map { .line(Self.string($0, length)) } ?? .endOfInput
        case LANCET_READ_INTERRUPTED: return .interrupted
        default: return .endOfInput
        }
    }

    /// Adds an entry to what the arrow keys and Ctrl-R find; the newest comes last.
    public func remember(_ entry: String) {
        guard let editor, !entry.isEmpty, !entry.utf8.contains(0) else { return }
        lancet_editor_remember(editor, entry)
    }

    private func enter(_ entry: String, cursor: Int) -> CInt {
        switch completeness(entry) {
        case .complete: return -1
        case .incomplete(let indentation):
            // In the middle of an entry the line that is broken tells the depth better than the end does.
            guard cursor < entry.utf8.count else { return CInt(clamping: max(0, indentation)) }
            let line = entry.utf8.prefix(cursor).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .last
            return CInt(clamping: line?.prefix { $0 == UInt8(ascii: " ") }.count ?? 0)
        }
    }

    private func complete(_ entry: String, cursor: Int) -> lancet_completion {
        let before = String(decoding: entry.utf8.prefix(cursor), as: UTF8.self)
        if before.split(separator: "\n", omittingEmptySubsequences: false).last?.allSatisfy({ $0 == " " }) ?? true,
            before.contains("\n")
        {
            return lancet_completion(erased: 0, inserted: strdup("  "), listing: nil)
        }
        let step = completions(entry, cursor).step(before: before, columns: Self.columns)
        return lancet_completion(
            erased: CInt(clamping: step.erased), inserted: strdup(step.inserted),
            listing: step.listing.flatMap { strdup($0) })
    }

    /// The width of the terminal.
    ///
    /// - Units: columns.
    static var columns: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> LineEditor? {
        context.map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func string(_ text: UnsafePointer<CChar>, _ length: Int) -> String {
        text.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}
