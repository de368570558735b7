import Synchronization

/// Working memory that kernels borrow: each borrower has a buffer to itself, and buffers are kept for the next.
final class Scratch: Sendable {
    private struct Buffer: @unchecked Sendable {
        let floats: UnsafeMutableBufferPointer<Float>
    }

    private let idle = Mutex<[Buffer]>([])

    deinit {
        idle.withLock { for buffer in $0 { buffer.floats.baseAddress?.deallocate() } }
    }

    /// Lends memory for at least `count` floats, of undefined content, at an address that whole vectors like.
    func withFloats(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let buffer = take(count)
        if let floats = buffer.floats.baseAddress { body(floats) }
        idle.withLock { $0.append(buffer) }
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
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
        return Buffer(floats: bytes.bindMemory(to: Float.self))
    }
}
