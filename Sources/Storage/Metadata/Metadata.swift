/// The metadata of a GGUF file: keys and values in file order, each key once.
public struct Metadata: Sendable {
    /// One key and its value.
    public struct Entry: Hashable, Sendable {
        public let key: String
        public var value: MetadataValue

        public init(key: String, value: MetadataValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var entries: [Entry] = []
    private var positions: [NameBytes: Int] = [:]

    /// Metadata without entries.
    public init() {}

    /// Metadata of the given entries; of entries that share a key, the last value at the first place.
    public init(_ entries: some Sequence<Entry>) {
        for entry in entries { self[entry.key] = entry.value }
    }

    /// The value of a key. Assigning replaces it where it stands, or appends it; assigning nil removes it.
    /// - Complexity: O(1); O(n) to remove.
    public subscript(key: String) -> MetadataValue? {
        get { positions[NameBytes(key)].map { entries[$0].value } }
        set {
            let name = NameBytes(key)
            switch (positions[name], newValue) {
            case (let position?, let value?): entries[position].value = value
            case (nil, let value?):
                positions[name] = entries.count
                entries.append(Entry(key: key, value: value))
            case (let position?, nil):
                entries.remove(at: position)
                positions = [:]
                for (index, entry) in entries.enumerated() { positions[NameBytes(entry.key)] = index }
            case (nil, nil): break
            }
        }
    }

    /// The keys in file order.
    public var keys: [String] { entries.map(\.key) }
}

extension Metadata: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { entries.count }
    public subscript(position: Int) -> Entry { entries[position] }
}

extension Metadata: Hashable {
    /// Whether both have the same entries in the same order.
    public static func == (left: Metadata, right: Metadata) -> Bool { left.entries == right.entries }
    /// Feeds the entries into a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}
