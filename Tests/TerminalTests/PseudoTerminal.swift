import CPseudoTerminal
import Foundation

/// A program at a terminal of its own: keys go in, a screen comes out.
final class PseudoTerminal {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let master: Int32
    private let process: pid_t
    private var status: Int32?
    private(set) var screen: Screen

    /// Starts a program that the package built, with nothing of the environment but what is given.
    init(_ program: String, arguments: [String] = [], environment: [String: String], rows: Int = 24, columns: Int = 80)
        throws
    {
        screen = Screen(rows: rows, columns: columns)
        let path = Self.builtProducts + "/" + program
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0)=\($1)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var end: Int32 = -1
        process = lancet_pseudo_terminal_start(path, &argv, &envp, Int32(rows), Int32(columns), &end)
        master = end
        guard process > 0 else {
            throw Failure(description: "cannot start \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        close(master)
    }

    /// The folder in which the test program itself lies.
    static var builtProducts: String {
        let path =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        if path.hasSuffix(".xctest") { return URL(filePath: path).deletingLastPathComponent().path }
        // The test program may be a library that a tool of the toolchain opened, which names it in its arguments.
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? path
        return URL(filePath: bundle.components(separatedBy: ".xctest")[0]).deletingLastPathComponent().path
    }

    /// Changes the size of the terminal, of which the program is told by a signal.
    func resize(rows: Int, columns: Int) {
        _ = lancet_pseudo_terminal_resize(master, Int32(rows), Int32(columns))
        screen.resize(rows: rows, columns: columns)
    }

    /// Presses keys, as the bytes that a terminal sends for them.
    func type(_ keys: String) throws {
        var bytes = Array(keys.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(description: "cannot type: errno \(errno)") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Reads what the program shows until the screen is as wanted.
    func wait(_ what: String, seconds: Double = 20, until isThere: (Screen) -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !isThere(screen) {
            let open = read(milliseconds: 50)
            if isThere(screen) { return }
            guard open, ContinuousClock.now < deadline else {
                throw Failure(description: "waited in vain for \(what); the screen:\n\(screen.text)\n")
            }
        }
    }

    /// Reads until some text stands on the screen.
    func wait(for text: String) throws {
        try wait(text.debugDescription) { $0.text.contains(text) }
    }

    /// Reads until the cursor stands behind some text at the end of the screen's text.
    func wait(forCursorBehind text: String) throws {
        try wait("a cursor behind \(text.debugDescription)") { $0.beforeCursor.hasSuffix(text) }
    }

    /// Reads for a while, to see that nothing more happens.
    func settle(milliseconds: Int = 150) {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < deadline, read(milliseconds: 20) {}
    }

    /// Waits for the program to end: its exit status, or minus the signal that ended it.
    func exitStatus() throws -> Int32 {
        let deadline = ContinuousClock.now + .seconds(20)
        while status == nil {
            var raw: Int32 = 0
            _ = read(milliseconds: 20)
            if waitpid(process, &raw, WNOHANG) == process { status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : -(raw & 0x7F) }
            guard ContinuousClock.now < deadline else { throw Failure(description: "still running:\n\(screen.text)\n") }
        }
        return status ?? 0
    }

    /// False where the program closed the terminal.
    private func read(milliseconds: Int32) -> Bool {
        var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, milliseconds) > 0 else { return true }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Foundation.read(master, &bytes, bytes.count)
        guard count > 0 else { return false }
        screen.show(bytes.prefix(count))
        return true
    }
}
