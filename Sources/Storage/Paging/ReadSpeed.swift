import Synchronization
import Tensors

/// How fast a disk gives what a cache asks of it.
public enum ReadSpeed {
    /// Reads experts of a checkpoint at random, as a cache reads them, and nothing else.
    /// - Parameters:
    ///   - layout: the checkpoint's.
    ///   - bytes: about how many to read.
    ///   - seed: of the choice.
    /// - Returns: bytes a second; nil for a checkpoint without experts.
    /// - Throws: `StorageError` of what could not be read.
    public static func measure(_ layout: PageLayout, bytes: Int, seed: UInt64) throws(StorageError) -> Double? {
        let experts = layout.units.filter { $0.use != .always }
        guard let most = experts.map(\.byteCount).max(), most > 0 else { return nil }
        // As much room as is on its way at a time: every use is a miss.
        let cache = PageCache(capacity: 8 * (most + (3 << 20)))
        var files: [DirectFile] = []
        for file in layout.openFiles { files.append(try DirectFile(file)) }
        let random = KeyedRandom(seed: seed, purpose: "read speed")
        let clock = ContinuousClock()
        let start = clock.now
        var before: [PagedUnit] = []
        for round in 0..<max(1, bytes / most / 4) {
            let units = (0..<4).map { place in
                PagedUnit(experts[random.index(below: experts.count, round * 4 + place)], files: files)
            }
            cache.withUnits(units.map { PageNeed([$0], tokens: 1) }, layer: 0) { _ in }
            // The disk goes on with these while those before are given back.
            cache.finish(before)
            before = units
        }
        cache.finish(before)
        try cache.check()
        return Double(cache.report.bytesRead) / ((clock.now - start) / .seconds(1))
    }
}
