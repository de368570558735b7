#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The entries of earlier sessions: a file with one line an entry, which every session only appends to.
///
/// Several sessions may share it, since each entry is one write under a lock. Lines that cannot be read are passed over.
public struct History: Sendable {
    /// Where the entries are kept.
    public let path: String

    /// Entries beyond this length are not kept.
    ///
    /// - Units: UTF-8 bytes.
    private static let longest = 1 << 16
    /// No more than this much of the file's end is read.
    ///
    /// - Units: bytes.
    private static let window = 1 << 20

    /// Keeps entries in a certain file.
    public init(path: String) {
        self.path = path
    }

    /// Keeps entries where the user's state belongs; `nil` where there is no home.
    ///
    /// - Source: XDG Base Directory Specification 0.8, which ignores relative paths.
    public init?(environment: [String: String]) {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            path = state + "/lancet/history"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            path = home + "/.local/state/lancet/history"
        } else {
            return nil
        }
    }

    /// Reads the last entries, the newest last; none where the file is missing or unreadable.
    public func load(limit: Int = 5000) -> [String] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        flock(file, LOCK_SH)
        let size = lseek(file, 0, SEEK_END)
        let start = max(0, size - off_t(Self.window))
        guard size > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(size - start))
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, start) }
        guard count > 0 else { return [] }
        var lines = bytes.prefix(count).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // Reading began inside a line.
        if start > 0 && !lines.isEmpty { lines.removeFirst() }
        return lines.compactMap { Self.decoded($0) }.suffix(max(0, limit))
    }

    /// Adds an entry to the file; `false` where it cannot be written, which is no reason to stop a session.
    @discardableResult
    public func append(_ entry: String) -> Bool {
        guard !entry.isEmpty, entry.utf8.count <= Self.longest else { return false }
        makeFolders()
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard flock(file, LOCK_EX) == 0 else { return false }
        // What was typed may hold what others should not read.
        fchmod(file, 0o600)
        var line = Self.encoded(entry)
        line.append(UInt8(ascii: "\n"))
        var last: UInt8 = UInt8(ascii: "\n")
        let size = lseek(file, 0, SEEK_END)
        if size > 0 { _ = pread(file, &last, 1, size - 1) }
        // A session that died while writing must not spoil this entry too.
        if last != UInt8(ascii: "\n") { line.insert(UInt8(ascii: "\n"), at: 0) }
        return write(file, line, line.count) == line.count
    }

    private func makeFolders() {
        var folder = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            folder += part + "/"
            mkdir(folder, 0o700)
        }
    }

    /// A newline becomes `\n`, a backslash `\\`, any other control character `\x` and two digits.
    static func encoded(_ entry: String) -> [UInt8] {
        var result: [UInt8] = []
        for byte in entry.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): result += Array(#"\\"#.utf8)
            case UInt8(ascii: "\n"): result += Array(#"\n"#.utf8)
            case 0..<0x20, 0x7F:
                result += Array((byte < 16 ? #"\x0"# : #"\x"#).utf8) + Array(String(byte, radix: 16).utf8)
            default: result.append(byte)
            }
        }
        return result
    }

    /// The entry of a line, or nothing where the line is empty, too long, or not written by `encoded`.
    static func decoded(_ line: some Collection<UInt8>) -> String? {
        guard !line.isEmpty, line.count <= 4 * longest else { return nil }
        var result: [UInt8] = []
        var bytes = line.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "\\") else {
                if byte < 0x20 || byte == 0x7F { return nil }
                result.append(byte)
                continue
            }
            switch bytes.next() {
            case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "x"):
                guard let high = bytes.next(), let low = bytes.next(),
                    let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value != 0
                else { return nil }
                result.append(value)
            default: return nil
            }
        }
        return String(validating: result, as: UTF8.self)
    }
}
