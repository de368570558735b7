import Kernels

/// The keys or values of a pass's rows in the form that a cache keeps: what queries read, cached or not.
struct KeptRows {
    /// What holds the bytes.
    private let memory: Rows
    /// Bytes from one row to the next.
    let stride: Int

    /// Rows as computed.
    init(_ rows: Rows) {
        memory = rows
        stride = rows.width * 4
    }

    /// Room for rows of so many bytes each, to be written.
    init(count: Int, byteCount: Int) {
        memory = Rows(count, width: (byteCount + 3) / 4)
        stride = memory.width * 4
    }

    /// Where a row begins.
    subscript(row: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(memory[row]) }
}

/// Keys or values of consecutive positions, one behind the other in one type.
struct KeptRun {
    let positions: Range<Int>
    let type: CacheType
    /// Where the first of them begins.
    let base: UnsafeRawPointer
    /// Bytes from one position to the next.
    let stride: Int
}

/// Keys and values alike, for what concerns both.
struct KeysAndValues<Element> {
    var keys: Element
    var values: Element
}

extension KeysAndValues: Sendable where Element: Sendable {}

/// A lane's share of the keys and values that a pass made of a layer.
struct OwnKeysAndValues {
    let rows: KeysAndValues<KeptRows>
    /// The lane's rows.
    let range: Range<Int>
}

extension Engine {
    /// What the cache keeps of keys or values.
    /// - Shape: rows [row, key-value head × channel].
    func kept(_ pass: Pass, _ layer: Int, _ rows: Rows) -> KeptRows {
        let steps = arithmetic.cache.steps(of: pass.blueprint.layers[layer])
        if steps == CacheSteps(.f32) { return KeptRows(rows) }
        let (heads, channels) = (pass.blueprint.keyValueHeadCount, pass.blueprint.headDimension)
        let codecs = steps.types.map(compute.cacheCodec)
        let most = steps.types.reduce(0) { max($0, heads * $1.byteCount(channels: channels)) }
        let result = KeptRows(count: rows.count, byteCount: most)
        let positions = pass.rowPositions
        withExtendedLifetime(rows) {
            share(rows.count, width: rows.width) { part in
                for row in part {
                    codecs[steps.step(at: positions[row])].encode(
                        rows[row], heads: heads, channels: channels, into: result[row])
                }
            }
        }
        return result
    }
}
