import Glibc
import Synchronization

/// Working memory that kernels borrow: each borrower has a buffer to itself, and buffers are kept for the next.
final class Scratch: Sendable {
    private struct Buffer: @unchecked Sendable {
        let floats: UnsafeMutableBufferPointer<Float>
    }

    private let idle = Mutex<[Buffer]>([])
    /// Places for buffers of the usual size, which are borrowed thousands of times a pass: each holds an address, or 0 while it
    /// is lent or none was made yet.
    private nonisolated(unsafe) let places: UnsafeMutablePointer<Atomic<UInt>>
    /// A power of two.
    private let placeCount: Int
    /// Places lie so far apart that no two share a cache line.
    private static let apart = 8
    /// Floats of the usual size: decoded rows, sums of a few panels.
    private static let usual = 1 << 17

    /// Room for what so many threads borrow at a time.
    init(threads: Int) {
        // A thread has two or three buffers at a time, and a few callers may share them.
        placeCount = 1 << (Int.bitWidth - (4 * max(4, threads) - 1).leadingZeroBitCount)
        places = .allocate(capacity: placeCount * Self.apart)
        for place in 0..<placeCount * Self.apart { (places + place).initialize(to: Atomic(0)) }
    }

    deinit {
        idle.withLock { for buffer in $0 { buffer.floats.baseAddress?.deallocate() } }
        for place in 0..<placeCount {
            UnsafeMutableRawPointer(bitPattern: places[place * Self.apart].load(ordering: .acquiring))?.deallocate()
        }
        places.deinitialize(count: placeCount * Self.apart).deallocate()
    }

    /// Lends memory for at least `count` floats, of undefined content, at an address that whole vectors like.
    func withFloats(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        guard count > Self.usual else { return withUsual(body) }
        let buffer = take(count)
        if let floats = buffer.floats.baseAddress { body(floats) }
        idle.withLock { $0.append(buffer) }
    }

    /// Lends a buffer of the usual size: most often the one that this thread had last, which lies in its cache.
    private func withUsual(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        // Threads lie some pages apart, so that they begin at different places.
        let first = Int(truncatingIfNeeded: pthread_self() >> 12)
        var (address, place): (UInt, Int) = (0, 0)
        for step in 0..<placeCount where address == 0 {
            place = (first &+ step) & (placeCount - 1)
            address = places[place * Self.apart].exchange(0, ordering: .acquiringAndReleasing)
        }
        let floats = UnsafeMutablePointer<Float>(bitPattern: address) ?? Self.made(Self.usual).baseAddress
        guard let floats else { return }
        body(floats)
        for step in 0..<placeCount {
            let place = (place &+ step) & (placeCount - 1)
            let isKept = places[place * Self.apart].compareExchange(
                expected: 0, desired: UInt(bitPattern: floats), ordering: .acquiringAndReleasing
            ).exchanged
            if isKept { return }
        }
        floats.deallocate()
    }

    /// The smallest buffer that is large enough, so that large ones are left for those who need them; where there is none, a new
    /// one in the place of the largest.
    private func take(_ count: Int) -> Buffer {
        let kept = idle.withLock { idle in
            var place: Int?
            for index in idle.indices {
                let size = idle[index].floats.count
                let best = place.map { idle[$0].floats.count } ?? -1
                if size >= count ? best < count || size < best : size > best { place = index }
            }
            return place.map { idle.remove(at: $0) }
        }
        if let kept, kept.floats.count >= count { return kept }
        kept?.floats.baseAddress?.deallocate()
        return Buffer(floats: Self.made(count))
    }

    private static func made(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
        return bytes.bindMemory(to: Float.self)
    }
}
