import CKernels
import Synchronization

/// How fast one product runs.
public struct KernelSpeed: Sendable {
    public let kind: SampleMatrix.Kind
    public let variant: KernelVariant
    public let threads: Int
    public let vectors: Int
    public let rows: Int
    public let columns: Int
    /// The time of one product, the median of several.
    public let seconds: Double
    /// Encoded weights that are read.
    public let bytes: Int

    /// Encoded weights read a second.
    /// - Units: 10⁹ bytes a second.
    public var gigabytesPerSecond: Double { Double(bytes) / seconds / 1e9 }

    /// Multiplications and additions a second.
    /// - Units: 10⁹ a second.
    public var gigaflops: Double { 2 * Double(vectors) * Double(rows) * Double(columns) / seconds / 1e9 }

    /// Times products of `vectors` vectors with matrices of one kind, on weights too many for any cache.
    ///
    /// `matrices` matrices are gone through in turn, as the layers of a model are.
    /// - Returns: nil where rows of `columns` elements are no whole number of blocks.
    public static func measure(
        _ kind: SampleMatrix.Kind, vectors: Int, rows: Int, columns: Int, matrices: Int = 1, passes: Int = 5,
        compute: Compute
    ) -> KernelSpeed? {
        guard let sample = SampleMatrix(kind, rows: min(rows, 64), columns: columns, seed: 3) else { return nil }
        let weights = (0..<max(1, matrices)).map { _ in sample.repeated(rows: rows) }
        let x = KernelCheck.numbers(vectors * columns, "speed")
        let y = UnsafeMutablePointer<Float>.allocate(capacity: vectors * rows)
        defer { y.deallocate() }
        let clock = ContinuousClock()
        var times: [Double] = []
        for pass in 0...max(1, passes) {
            let time = clock.measure {
                for matrix in weights { compute.multiply(x, count: vectors, by: matrix, into: y) }
            }
            // The first pass touches memory for the first time and wakes the threads.
            if pass > 0 { times.append(time / .seconds(1) / Double(weights.count)) }
        }
        return KernelSpeed(
            kind: kind, variant: compute.variant, threads: compute.pool.threads, vectors: vectors, rows: rows,
            columns: columns, seconds: times.sorted()[times.count / 2],
            bytes: rows * sample.matrix.byteCount / sample.matrix.rows)
    }

    /// How many multiplications and additions of float32 all threads together do at most, in registers alone.
    /// - Units: 10⁹ a second.
    public static func floatPeak(compute: Compute) -> Double {
        let rounds = 1 << 20, threads = compute.pool.threads
        let clock = ContinuousClock()
        var best = 0.0
        for _ in 0..<5 {
            let sums = Mutex<Float>(0)
            let time = clock.measure {
                compute.pool.forEach(threads) { _ in
                    let sum = lk_multiply_add_loop(compute.variant.index, rounds)
                    sums.withLock { $0 += sum }
                }
            }
            let operations = 2 * Double(lk_multiply_adds_a_round) * Double(rounds * threads)
            best = max(best, operations / (time / .seconds(1)) / 1e9)
        }
        return best
    }

    /// How fast all threads together read memory, for comparison.
    /// - Units: 10⁹ bytes a second.
    public static func memoryReadSpeed(compute: Compute, bytes: Int = 1 << 28) -> Double {
        let words = bytes / 8
        let memory = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        memory.initialize(repeating: 1, count: words)
        defer { memory.deallocate() }
        let chunk = 1 << 14
        let sums = UnsafeMutablePointer<UInt64>.allocate(capacity: words / chunk)
        defer { sums.deallocate() }
        let clock = ContinuousClock()
        var best = 0.0
        for _ in 0..<5 {
            let time = clock.measure {
                compute.pool.forEach(words / chunk) { part in
                    var sum = SIMD16<UInt64>()
                    let start = UnsafeRawPointer(memory + part * chunk)
                    for offset in stride(from: 0, to: chunk * 8, by: 128) {
                        sum &+= start.load(fromByteOffset: offset, as: SIMD16<UInt64>.self)
                    }
                    sums[part] = sum.wrappedSum()
                }
            }
            best = max(best, Double(words * 8) / (time / .seconds(1)) / 1e9)
        }
        return best
    }
}
