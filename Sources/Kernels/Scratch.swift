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

    private func take(_ count: Int) -> Buffer {
        let kept = idle.withLock { $0.popLast() }
        if let kept, kept.floats.count >= count { return kept }
        kept?.floats.baseAddress?.deallocate()
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
        return Buffer(floats: bytes.bindMemory(to: Float.self))
    }
}
