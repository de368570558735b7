import Kernels

/// Sums of squares of what goes into weight matrices, on their way to an `Importance`.
///
/// Each column's sum goes over rows in the order in which they come, in double precision, so the threads that share the
/// columns change no bit.
public final class ImportanceTally {
    private struct Sums {
        var squares: [Double]
        var count = 0
    }

    private let pool: ThreadPool
    private var sums: [Role: Sums] = [:]

    public init(pool: ThreadPool) { self.pool = pool }

    /// Takes rows in.
    public func add(_ seen: InputObservation) {
        guard seen.rowCount > 0, let base = seen.rows.baseAddress else { return }
        for role in seen.roles {
            var own = sums.removeValue(forKey: role) ?? Sums(squares: Array(repeating: 0, count: seen.width))
            own.squares.withUnsafeMutableBufferPointer { squares in
                guard let target = squares.baseAddress else { return }
                pool.forEachRange(seen.width, chunk: max(64, 1 << 16 / seen.rowCount)) { columns in
                    for row in 0..<seen.rowCount {
                        let values = base + row * seen.width
                        for column in columns {
                            let value = Double(values[column])
                            target[column] += value * value
                        }
                    }
                }
            }
            own.count += seen.rowCount
            sums[role] = own
        }
    }

    /// What was taken in so far.
    public func importance(corpora: [String], chunkCount: Int, chunkLength: Int) -> Importance {
        Importance(
            entries: sums.mapValues { Importance.Entry(sums: $0.squares.map { Float($0) }, count: $0.count) },
            corpora: corpora, chunkCount: chunkCount, chunkLength: chunkLength)
    }
}
