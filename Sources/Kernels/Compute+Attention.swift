import CKernels

/// Keys or values of consecutive positions in two segments: those of a shared prefix, then a run's own.
///
/// Position p is row p of the first segment, or row p − firstCount of the second. Where they meet changes no bit.
public struct RowSegments {
    let segments: lk_segments

    /// Segments whose rows lie `firstStride` and `secondStride` elements apart.
    public init(
        first: UnsafePointer<Float>, firstStride: Int, firstCount: Int, second: UnsafePointer<Float>,
        secondStride: Int, secondCount: Int
    ) {
        segments = lk_segments(
            first: first, first_stride: firstStride, first_count: firstCount, second: second,
            second_stride: secondStride, second_count: secondCount)
    }

    /// One segment alone.
    public init(_ rows: UnsafePointer<Float>, stride: Int, count: Int) {
        self.init(
            first: rows, firstStride: stride, firstCount: count, second: rows, secondStride: stride, secondCount: 0)
    }

    /// Positions in both segments.
    public var count: Int { segments.first_count + segments.second_count }
}

/// Attention of one query row and one head, in three steps that a caller may look between.
extension Compute {
    /// scores[p] = dot(query, key p) · scale for positions from `first` on, −∞ before.
    /// - Shape: query [width], scores [keys.count].
    public func attentionScores(
        _ query: UnsafePointer<Float>, width: Int, keys: RowSegments, first: Int, scale: Float,
        into scores: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: keys.segments) { operations.scores(query, width, $0, first, scale, scores) }
    }

    /// pattern = e^score / (Σ e^score + e^sink) over positions from `first` on, zero before; pattern may be scores.
    ///
    /// The sum runs in 16 lanes by absolute position; the sink, which takes attention and gives nothing, comes last.
    /// - Shape: scores, pattern [count].
    public func attentionSoftmax(
        _ scores: UnsafePointer<Float>, count: Int, first: Int, sink: Float?, into pattern: UnsafeMutablePointer<Float>
    ) {
        let first = min(first, count)
        let visible = count - first
        var most = operations.maximum(scores + first, visible)
        if let sink, sink > most { most = sink }
        var sum = operations.exponentials(scores + first, visible, first, most, pattern + first)
        if let sink {
            var share: Float = 0
            withUnsafePointer(to: sink - most) { operations.exponential($0, 1, &share) }
            sum += share
        }
        for position in 0..<first { pattern[position] = 0 }
        operations.divide(pattern + first, visible, sum, pattern + first)
    }

    /// z[c] = Σ pattern[p] · value p [c], fused and in ascending position from `first`.
    /// - Shape: pattern [values.count], z [width].
    public func attentionMix(
        _ pattern: UnsafePointer<Float>, values: RowSegments, width: Int, first: Int,
        into z: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: values.segments) { operations.mix(pattern, $0, first, width, z) }
    }
}
