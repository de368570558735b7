import Tensors

/// Digests tensors on their way to a file, on other threads: copied ones from where they lie, computed ones from the file,
/// soon after they are written. Used by the thread that writes; tensors keep the name and the order they came in.
final class TensorDigester {
    private let crew = DigestCrew()
    private var tensors: [(name: String, numbers: [Int])] = []
    /// What is digested besides, the numbers of what was asked for so far, and bytes of tensors that came so far.
    private let others: [SourceRange]
    private var otherNumbers: [Int] = []
    private var seenBytes = 0
    private let expectedBytes: Int
    private var file: WrittenBytes?

    /// - Parameters:
    ///   - others: bytes to digest besides, at the pace of the tensors: a parent's lie in much the same order, and are read
    ///     for these at that time.
    ///   - expectedBytes: of all tensors that will come.
    ///   - isPatient: whether others' work goes first.
    init(others: [SourceRange] = [], expectedBytes: Int, isPatient: Bool) {
        self.others = others
        self.expectedBytes = expectedBytes
        crew.start(isPatient: isPatient)
    }

    /// Takes a file whose tensors come next.
    func begin(_ file: inout AtomicFile, byteCount: Int) throws(StorageError) {
        self.file =
            byteCount > 0 ? try file.reading(byteCount: byteCount, watch: { [crew] in crew.advance(to: $0) }) : nil
    }

    /// Takes the next tensor.
    /// - Parameter offset: where in the file it will begin.
    func add(_ plan: TensorPlan, byteCount: Int, at offset: Int) {
        seenBytes += byteCount
        let share = expectedBytes > 0 ? Double(seenBytes) / Double(expectedBytes) : 1
        addOthers(upTo: Int(Double(others.count) * share))
        let units = DigestUnits.ranges(shape: plan.shape, byteCount: byteCount)
        let copied = Self.copied(plan, byteCount)
        let numbers = units.map { unit in
            if let copied { return crew.add(Self.cut(copied, unit)) }
            guard let file, !unit.isEmpty else { return crew.add([]) }
            return crew.add(written: SourceRange(file, offset + unit.lowerBound..<offset + unit.upperBound))
        }
        tensors.append((plan.name, numbers))
    }

    /// All digests, once they are there; everything must have been written.
    func digests(_ check: (_ done: Int, _ total: Int) throws -> Void) throws -> TensorDigests {
        addOthers(upTo: others.count)
        let texts = try crew.digests(check)
        return TensorDigests(
            tensors: tensors.map { ($0.name, $0.numbers.map { texts[$0] }) }, others: otherNumbers.map { texts[$0] })
    }

    /// Stops the threads.
    func stop() { crew.stop() }

    private func addOthers(upTo count: Int) {
        while otherNumbers.count < min(count, others.count) {
            otherNumbers.append(crew.add([others[otherNumbers.count]]))
        }
    }

    /// Where all of a tensor is copied from; nil if some of it is computed.
    private static func copied(_ plan: TensorPlan, _ byteCount: Int) -> [SourceRange]? {
        var ranges: [SourceRange] = []
        for part in plan.parts {
            guard case .copy(let range) = part else { return nil }
            ranges.append(range)
        }
        return ranges.reduce(0) { $0 + $1.range.count } == byteCount ? ranges : nil
    }

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
