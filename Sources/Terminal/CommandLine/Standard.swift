import ArgumentParser
import Foundation
import Language

/// The process's standard streams and its end.
enum Standard {
    enum Stream: Int32 {
        case output = 1
        case error = 2
    }

    /// The longest script that is read, so that a device without end does not fill the memory.
    ///
    /// - Units: bytes.
    private static let longestScript = 64 << 20

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

    /// Standard input as a script.
    /// - Throws: an exit with status 2 after saying why it is none.
    static func inputScript() throws -> SourceText { try script(from: 0, name: "standard input") }

    /// A script's text: a file's, or what a pipe holds to its end.
    /// - Throws: an exit with status 2 after saying why it cannot be read.
    static func script(at path: String) throws -> SourceText {
        let descriptor = path.utf8.contains(0) ? -1 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("there is no script \(path) that can be read") }
        defer { close(descriptor) }
        return try script(from: descriptor, name: path)
    }

    private static func script(from descriptor: Int32, name: String) throws -> SourceText {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refusal("\(name) cannot be read: it is a folder or closed to you") }
            if count == 0 { break }
            bytes += chunk.prefix(count)
            guard bytes.count <= longestScript else {
                throw refusal("\(name) is longer than \(longestScript >> 20) MiB: that is no script")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw refusal("\(name) is not UTF-8: convert it first, for instance with iconv -t UTF-8")
        }
        return SourceText(text, name: name)
    }

    private static func refusal(_ message: String) -> ExitCode {
        write("error: \(message)\n", to: .error)
        return ExitStatus.usage.exit
    }

    static func end(_ status: ExitStatus) -> Never { end(status.rawValue) }

    static func end(_ status: Int32) -> Never { exit(status) }
}
