import Foundation
import Language

/// Reads and writes the small files of a session: scripts, corpora, plans, pictures.
enum TextFile {
    /// The text of a file.
    /// - Throws: `LanguageError` if it cannot be read or is not UTF-8, with the byte where it goes wrong.
    static func read(_ path: String) throws(LanguageError) -> String {
        let bytes = try bytes(of: path)
        if let text = String(validating: bytes, as: UTF8.self) {
            return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        }
        let valid = validPrefix(bytes)
        throw LanguageError(
            code: "file.encoding", "\(path) is not UTF-8: the byte at offset \(valid) begins no character",
            help: "Convert it first, for instance with iconv -t UTF-8.")
    }

    /// The bytes of a file.
    static func bytes(of path: String) throws(LanguageError) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw LanguageError(
                code: "file.missing", "there is no file \(path)", help: "Paths start from the folder Lancet runs in.")
        }
        guard !isFolder.boolValue, let data = FileManager.default.contents(atPath: path) else {
            throw LanguageError(
                code: "file.unreadable", "\(path) cannot be read",
                help: isFolder.boolValue ? "It is a folder." : "See who may read it with ls -l.")
        }
        return [UInt8](data)
    }

    /// Writes a whole file at once: what stood there before stays until the new one is complete.
    static func write(_ text: String, to path: String) throws(LanguageError) { try write(Array(text.utf8), to: path) }

    /// Writes a whole file at once.
    static func write(_ bytes: [UInt8], to path: String) throws(LanguageError) {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw LanguageError(
                code: "file.unwritable", "\(path) cannot be written",
                help: "See that the folder exists, may be written to and has room.")
        }
    }

    /// How many bytes from the start are UTF-8.
    private static func validPrefix(_ bytes: [UInt8]) -> Int {
        var (low, high) = (0, bytes.count)
        while low < high {
            let middle = (low + high + 1) / 2
            let isValid = (0...3).contains { String(validating: bytes[..<max(0, middle - $0)], as: UTF8.self) != nil }
            if isValid { low = middle } else { high = middle - 1 }
        }
        return max(
            0,
            (0...3).lazy.map { low - $0 }.first { String(validating: bytes[..<max(0, $0)], as: UTF8.self) != nil } ?? 0)
    }
}
