/// SHA-256 of several runs of bytes side by side, on one thread: each run is a chain, but runs wait for nobody.
struct SHA256Lanes {
    /// A run's digest and the number under which it is wanted.
    typealias Digest = (number: Int, text: String)

    private var streams: [SHA256Stream] = []
    private let way: SHA256Way?
    /// Blocks of each run that are taken in together: of all lanes, about as much as the processor's second cache holds.
    private static let windowBlocks = 1024

    /// - Parameter way: how blocks are taken in; nil for the fastest.
    init(_ way: SHA256Way? = nil) { self.way = way }

    var count: Int { streams.count }

    /// Takes another run.
    mutating func add(_ number: Int, _ ranges: [SourceRange]) {
        streams.append(SHA256Stream(number: number, ranges))
    }

    /// Takes in some bytes of every run.
    /// - Returns: the digests of runs that came to their end, which are no longer held.
    mutating func step() -> [Digest] {
        let ended = settle()
        guard let blocks = streams.map(\.wholeBlocks).min() else { return ended }
        let count = min(blocks, Self.windowBlocks)
        let way = way ?? SHA256Way.best(forStreams: streams.count)
        var states = streams.flatMap(\.state)
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: streams.count) { data in
            guard let data = data.baseAddress else { return }
            Self.lend(streams[...], count, data) { way.take(&states, data, streams: streams.count, blocks: count) }
        }
        for index in streams.indices {
            streams[index].state = Array(
                states[index * SHA256Stream.stateWords..<(index + 1) * SHA256Stream.stateWords])
            streams[index].advance(blocks: count)
        }
        return ended
    }

    /// Brings every run to whole blocks; takes out those that have none left.
    private mutating func settle() -> [Digest] {
        for index in streams.indices { streams[index].settle() }
        let ended = streams.filter(\.isAtEnd).map { ($0.number, $0.finished()) }
        streams.removeAll(where: \.isAtEnd)
        return ended
    }

    /// Lends the next blocks of each run for the length of a call.
    private static func lend(
        _ streams: ArraySlice<SHA256Stream>, _ blocks: Int, _ data: UnsafeMutablePointer<UnsafePointer<UInt8>?>,
        _ body: () -> Void
    ) {
        guard let stream = streams.first else { return body() }
        stream.window(blocks: blocks).withBytes { bytes in
            data.initialize(to: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
            lend(streams.dropFirst(), blocks, data + 1, body)
        }
    }
}

/// SHA-256 of runs of bytes.
public enum SHA256 {
    /// The digests of runs, each of ranges one behind the other, in hexadecimal; taken side by side on this thread.
    /// - Parameter way: how; nil for the fastest.
    public static func digests(of runs: [[SourceRange]], by way: SHA256Way? = nil) -> [String] {
        var texts = [String](repeating: "", count: runs.count)
        var lanes = SHA256Lanes(way)
        for (number, ranges) in runs.enumerated() { lanes.add(number, ranges) }
        while lanes.count > 0 { for (number, text) in lanes.step() { texts[number] = text } }
        return texts
    }
}
