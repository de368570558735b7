import Glibc

/// The members of a JSON object, in the order in which they were written, each key once.
public struct JSONObject: Sendable {
    /// One `key: value`.
    public struct Member: Sendable {
        /// The name, compared by its UTF-8 bytes.
        public let key: String
        /// What the name stands for.
        public var value: JSON
    }

    /// The members in order.
    public private(set) var members: [Member] = []

    /// Positions of the members by key; empty while there are so few that searching them is faster.
    private var positions: [ByteKey: Int] = [:]

    private static let searchLimit = 8

    /// An object without members.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are none.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The value of a key. Assigning to a new key appends it; assigning nil removes the member, keeping the order of
    /// the others.
    ///
    /// - Complexity: O(1), except removal, which is O(n).
    public subscript(key: String) -> JSON? {
        get { position(of: ByteKey(key)).map { members[$0].value } }
        set {
            guard let newValue else {
                remove(key)
                return
            }
            if let position = position(of: ByteKey(key)) {
                members[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Appends a member and says whether its key was new; if it was not, nothing changes.
    @discardableResult
    public mutating func append(_ key: String, _ value: JSON) -> Bool {
        let bytes = ByteKey(key)
        guard position(of: bytes) == nil else { return false }
        members.append(Member(key: key, value: value))
        if members.count > Self.searchLimit {
            if positions.isEmpty { index() } else { positions[bytes] = members.count - 1 }
        }
        return true
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: ByteKey(key)) else { return }
        members.remove(at: position)
        positions = [:]
        if members.count > Self.searchLimit { index() }
    }

    private mutating func index() {
        for (position, member) in members.enumerated() { positions[ByteKey(member.key)] = position }
    }

    private func position(of key: ByteKey) -> Int? {
        if !positions.isEmpty { return positions[key] }
        return members.firstIndex { ByteKey($0.key) == key }
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    /// Feeds the members into a hasher, in a way that does not depend on their order.
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members {
            var single = Hasher()
            single.combine(ByteKey(member.key))
            single.combine(member.value)
            combined ^= single.finalize()
        }
        hasher.combine(combined)
    }
}

/// A string compared and hashed by its UTF-8 bytes, where `String` itself compares by canonical equivalence.
struct ByteKey: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        guard left.text.utf8.count == right.text.utf8.count else { return false }
        let isSame = left.text.utf8.withContiguousStorageIfAvailable { a in
            right.text.utf8.withContiguousStorageIfAvailable { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return true }
                return memcmp(a, b, left.text.utf8.count) == 0
            }
        }
        return (isSame ?? nil) ?? left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        let isContiguous: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        guard isContiguous == nil else { return }
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
