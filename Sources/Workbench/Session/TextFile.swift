import Foundation
import Language
import Storage

/// Reads and writes the small files of a session: scripts, corpora, plans, pictures.
enum TextFile {
    /// The longest file that is read whole.
    ///
    /// - Units: bytes.
    private static let limit = 1 << 30

    /// The text of a file.
    /// - Throws: `LanguageError` if it cannot be read or is not UTF-8, with the byte where it goes wrong.
    static func read(_ path: String) throws(LanguageError) -> String {
        let bytes = try bytes(of: path)
        if let text = String(validating: bytes, as: UTF8.self) {
            return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        }
        throw LanguageError(
            code: "file.encoding",
            "\(path) is not UTF-8: the byte at offset \(validPrefix(bytes)) begins no character",
            help: encodingHelp(bytes))
    }

    /// The bytes of a file.
    /// - Throws: `LanguageError` for what is no regular file: a device or a pipe might never end.
    static func bytes(of path: String) throws(LanguageError) -> [UInt8] {
        try checkName(path)
        guard let kind = FileKind(path) else {
            throw LanguageError(
                code: "file.missing", "there is no file \(path)", help: "Paths start from the folder Lancet runs in.")
        }
        guard case .regular(let size) = kind else {
            throw LanguageError(
                code: "file.unreadable", "\(path) is \(kind.words), not a file", help: "Name a file.")
        }
        guard size <= limit else {
            throw LanguageError(
                code: "file.size", "\(path) is larger than \(limit >> 30) GiB", help: "Cut it into smaller files.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LanguageError(
                code: "file.unreadable", "\(path) cannot be read", help: "See who may read it with ls -l.")
        }
        return [UInt8](data)
    }

    /// Writes a whole file at once: what stood there before stays until the new one is complete.
    static func write(_ text: String, to path: String) throws(LanguageError) { try write(Array(text.utf8), to: path) }

    /// Writes a whole file at once; never over a file that is open as a model.
    static func write(_ bytes: [UInt8], to path: String) throws(LanguageError) {
        try checkWritable(path)
        do {
            try AtomicFile.write(to: path, expectedBytes: bytes.count) { file in try file.append(bytes) }
        } catch {
            throw LanguageError(any: error)
        }
    }

    /// Returns if a file could be written under a name: before long work whose result goes there.
    /// - Throws: `LanguageError` if its folder is missing or closed, or something that is no file has the name.
    static func checkWritable(_ path: String) throws(LanguageError) {
        try checkName(path)
        if let kind = FileKind(path), case .regular = kind {
        } else if let kind = FileKind(path) {
            throw LanguageError(
                code: "file.unwritable", "\(path) is \(kind.words), which a file cannot replace",
                help: "Write to another name.")
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard case .folder? = FileKind(folder), access(folder, W_OK) == 0 else { throw unwritable(path) }
    }

    private static func unwritable(_ path: String) -> LanguageError {
        LanguageError(
            code: "file.unwritable", "\(path) cannot be written",
            help: "See that the folder exists, may be written to and has room.")
    }

    /// Refuses names that the system would cut short at a zero byte, and the empty one.
    private static func checkName(_ path: String) throws(LanguageError) {
        guard path.utf8.contains(0) || path.isEmpty else { return }
        throw LanguageError(
            code: "file.name", path.isEmpty ? "the name of the file is empty" : "no file's name holds a zero byte",
            help: "Name a file.")
    }

    private static func encodingHelp(_ bytes: [UInt8]) -> String {
        let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        return "Convert it first, for instance with iconv -f \(isWide ? "UTF-16" : "LATIN1") -t UTF-8."
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

/// What stands under a name in the file system, links followed.
enum FileKind {
    case regular(size: Int)
    case folder
    case device
    case pipe

    /// Nil where nothing does.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .regular(size: Int(status.st_size))
        case S_IFDIR: self = .folder
        case S_IFIFO, S_IFSOCK: self = .pipe
        default: self = .device
        }
    }

    /// With its article.
    var words: String {
        switch self {
        case .regular: "a file"
        case .folder: "a folder"
        case .device: "a device"
        case .pipe: "a pipe"
        }
    }
}
