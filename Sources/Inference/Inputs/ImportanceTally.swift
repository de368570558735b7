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

    /// Makes an entry for a matrix that may see nothing.
    public func expect(_ role: Role, columns: Int) {
        if sums[role] == nil { sums[role] = Sums(squares: Array(repeating: 0, count: columns)) }
    }

    /// Takes rows in.
    /// - Parameter times: How often a sequence's rows count for a matrix; once unless given.
    public func add(_ seen: InputObservation, times: ((Role, _ sequence: Int) -> Int)? = nil) {
        guard seen.rowCount > 0 else { return }
        for role in seen.roles {
            let counts = seen.sequences.map { times?(role, $0) ?? 1 }
            expect(role, columns: seen.width)
            // Taken out and put back, so that the array is not copied.
            guard var own = sums.removeValue(forKey: role) else { continue }
            add(seen.rows, counts, to: &own.squares)
            own.count += counts.reduce(0, +)
            sums[role] = own
        }
    }

    private func add(_ rows: UnsafeBufferPointer<Float>, _ counts: [Int], to squares: inout [Double]) {
        let width = squares.count
        squares.withUnsafeMutableBufferPointer { squares in
            guard let target = squares.baseAddress, let base = rows.baseAddress else { return }
            pool.forEachRange(width, chunk: max(64, 1 << 16 / counts.count)) { columns in
                for (row, count) in counts.enumerated() where count > 0 {
                    let (values, weight) = (base + row * width, Double(count))
                    for column in columns {
                        let value = Double(values[column])
                        target[column] += weight * value * value
                    }
                }
            }
        }
    }

    /// What was taken in so far.
    public func importance(corpora: [String], chunkCount: Int, chunkLength: Int) -> Importance {
        Importance(
            entries: sums.mapValues { Importance.Entry(sums: $0.squares.map { Float($0) }, count: $0.count) },
            corpora: corpora, chunkCount: chunkCount, chunkLength: chunkLength)
    }
}
