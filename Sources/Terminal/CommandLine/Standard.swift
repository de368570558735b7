import Foundation
import Language

/// The process's standard streams and its end.
enum Standard {
    enum Stream: Int32 {
        case output = 1
        case error = 2
    }

    static var isInputTerminal: Bool { isatty(0) == 1 }

    /// The environment, for what a terminal program may look at: its terminal, colours, where state is kept.
    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Writes all of a text, however the pipe takes it; a closed pipe swallows it.
    static func write(_ text: String, to stream: Stream) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(stream.rawValue, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    static func readInput() -> [UInt8] { [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }

    /// A script file's text.
    /// - Throws: an exit with status 2 after saying why it cannot be read.
    static func script(at path: String) throws -> SourceText {
        guard let data = FileManager.default.contents(atPath: path) else {
            write("error: there is no script \(path) that can be read\n", to: .error)
            throw ExitStatus.usage.exit
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            write("error: \(path) is not UTF-8\n", to: .error)
            throw ExitStatus.usage.exit
        }
        return SourceText(text, name: path)
    }

    static func end(_ status: ExitStatus) -> Never { end(status.rawValue) }

    static func end(_ status: Int32) -> Never { exit(status) }
}
