import CFiles
import Glibc

/// Direct reads that the kernel does by itself: a disk stays busy while every processor computes, which threads that wait
/// for their turn to ask for the next piece cannot promise.
final class ReadQueue: Sendable {
    private let queue: UInt64

    /// A queue for so many reads at a time; nil where the system has none.
    init?(most: Int) {
        var queue: UInt64 = 0
        guard lf_reads_open(Int32(most), &queue) == 0 else { return nil }
        self.queue = queue
    }

    /// Begins to read; false if it has to be done in another way.
    func begin(_ window: Range<Int>, of file: DirectFile, into target: UInt, number: Int) -> Bool {
        guard file.isDirect, let bytes = UnsafeMutableRawPointer(bitPattern: target) else { return false }
        return lf_reads_begin(
            queue, file.descriptor, bytes, window.count, Int64(window.lowerBound), UInt64(number)) == 0
    }

    /// Waits for reads to end.
    /// - Returns: the number of each, and the bytes that it read, negative if it could not; nil once the queue is closed.
    func wait() -> [(number: Int, count: Int)]? {
        let most = 32
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: most) { numbers in
            withUnsafeTemporaryAllocation(of: Int64.self, capacity: most) { counts in
                guard let first = numbers.baseAddress, let firstCount = counts.baseAddress else { return nil }
                let ended = lf_reads_wait(queue, first, firstCount, Int32(most))
                guard ended >= 0 else { return nil }
                return (0..<Int(ended)).map { (Int(numbers[$0]), Int(counts[$0])) }
            }
        }
    }

    /// Ends the queue; nothing may be under way.
    func close() { lf_reads_close(queue) }
}
