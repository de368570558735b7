/// The name of one file of a split checkpoint: `PREFIX-00002-of-00005.gguf`, numbered from 1.
struct ShardName {
    let prefix: String
    let number: Int
    let count: Int
    let suffix: String

    /// Takes a path apart; nil if it is not named like a shard.
    init?(path: String, suffix: String) {
        guard path.hasSuffix(suffix) else { return nil }
        let stem = Array(path.utf8.dropLast(suffix.utf8.count))
        let tail = Array("-00000-of-00000".utf8)
        guard stem.count > tail.count else { return nil }
        let end = stem.suffix(tail.count)
        for (byte, pattern) in zip(end, tail) {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard pattern == UInt8(ascii: "0") ? isDigit : byte == pattern else { return nil }
        }
        guard let number = Int(String(decoding: end.dropFirst(1).prefix(5), as: UTF8.self)),
            let count = Int(String(decoding: end.suffix(5), as: UTF8.self)), number >= 1, number <= count
        else { return nil }
        prefix = String(decoding: stem.dropLast(tail.count), as: UTF8.self)
        self.number = number
        self.count = count
        self.suffix = suffix
    }

    init(prefix: String, number: Int, count: Int, suffix: String) {
        self.prefix = prefix
        self.number = number
        self.count = count
        self.suffix = suffix
    }

    /// The path of another shard.
    func path(_ number: Int) -> String { "\(prefix)-\(Self.digits(number))-of-\(Self.digits(count))\(suffix)" }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
}
