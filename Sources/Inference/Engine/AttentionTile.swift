import Kernels

/// The keys or values of one head at some positions, as float32: what a block's rows and heads read together.
struct AttentionTile {
    /// Positions that are decoded at once: few enough to stay near.
    private static let length = 64

    /// Where what is kept in fewer bits is decoded.
    private let memory: Rows?
    private let dimension: Int
    private let compute: Compute

    init(_ attention: LayerAttention) {
        dimension = attention.dimension
        compute = attention.compute
        memory = attention.decodes ? Rows(Self.length, width: dimension) : nil
    }

    /// Calls the body with all positions within a span, some at a time and ascending.
    ///
    /// What is kept as float32 is read where it lies.
    /// - Parameter body: takes the positions, where the first begins, and elements from one to the next.
    func read(
        _ runs: [KeptRun], group: Int, within span: Range<Int>,
        _ body: (Range<Int>, UnsafePointer<Float>, Int) -> Void
    ) {
        for run in runs {
            let codec = compute.cacheCodec(run.type)
            let rows = run.base + group * run.type.byteCount(channels: dimension)
            var rest = run.positions.clamped(to: span)
            while !rest.isEmpty {
                let positions = rest.lowerBound..<min(rest.upperBound, rest.lowerBound + Self.length)
                let start = rows + (positions.lowerBound - run.positions.lowerBound) * run.stride
                if let memory, run.type != .f32 {
                    for index in 0..<positions.count {
                        codec.decode(start + index * run.stride, channels: dimension, into: memory[index])
                    }
                    body(positions, memory.pointer, dimension)
                } else {
                    body(positions, start.assumingMemoryBound(to: Float.self), run.stride / 4)
                }
                rest = positions.upperBound..<rest.upperBound
            }
        }
    }
}
