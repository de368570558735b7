import Tensors

/// Digests tensors on their way to a file: copied ones from where they lie, on other threads; computed ones as their bytes
/// pass. Used by the thread that writes; tensors keep the name and the order they came in.
final class TensorDigester {
    private let crew: DigestCrew
    private let make: @Sendable () -> any RunningDigest
    private var tensors: [(name: String, numbers: [Int])] = []
    private var others: [Int] = []

    init(_ make: @escaping @Sendable () -> any RunningDigest) {
        self.make = make
        crew = DigestCrew(make)
        crew.start()
    }

    /// Takes the next tensor if all of it is copied from elsewhere; false if its bytes must pass through `passing`.
    func addCopied(_ plan: TensorPlan, byteCount: Int) -> Bool {
        var ranges: [SourceRange] = []
        for part in plan.parts {
            guard case .copy(let range) = part else { return false }
            ranges.append(range)
        }
        guard ranges.reduce(0, { $0 + $1.range.count }) == byteCount else { return false }
        var numbers: [Int] = []
        for unit in DigestUnits.ranges(shape: plan.shape, byteCount: byteCount) {
            numbers.append(crew.add(Self.cut(ranges, unit)))
        }
        tensors.append((plan.name, numbers))
        return true
    }

    /// Takes the next tensor from a closure that passes all its bytes on.
    func passing(
        _ plan: TensorPlan, byteCount: Int, _ body: ((UnsafeRawBufferPointer) -> Void) throws -> Void
    ) rethrows {
        let unit = DigestUnits.bytes(shape: plan.shape, byteCount: byteCount)
        var (digest, filled, texts) = (make(), 0, [String]())
        try body { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(unit - filled)
                digest.update(UnsafeRawBufferPointer(rebasing: piece))
                filled += piece.count
                rest = rest.dropFirst(piece.count)
                guard filled == unit else { continue }
                texts.append(digest.text())
                (digest, filled) = (make(), 0)
            }
        }
        if filled > 0 || texts.isEmpty { texts.append(digest.text()) }
        tensors.append((plan.name, texts.map { crew.add(finished: $0) }))
    }

    /// Asks for the digest of bytes besides; those of a unit that is copied cost nothing more.
    func add(_ range: SourceRange) { others.append(crew.add([range])) }

    /// All digests, once they are there.
    func digests(_ check: (_ done: Int, _ total: Int) throws -> Void) throws -> TensorDigests {
        let texts = try crew.digests(check)
        return TensorDigests(
            tensors: tensors.map { ($0.name, $0.numbers.map { texts[$0] }) }, others: others.map { texts[$0] })
    }

    /// Stops the threads.
    func stop() { crew.stop() }

    /// The part of a tensor's ranges that makes up a unit.
    private static func cut(_ ranges: [SourceRange], _ unit: Range<Int>) -> [SourceRange] {
        var (cut, start) = ([SourceRange](), 0)
        for range in ranges {
            let own = unit.clamped(to: start..<start + range.range.count)
            if !own.isEmpty { cut.append(range.part(own.lowerBound - start..<own.upperBound - start)) }
            start += range.range.count
        }
        return cut
    }
}
