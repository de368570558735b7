import CKernels

/// Attention of one query row and one head over consecutive positions, in three steps that a caller may look between.
///
/// A caller may take scores and mixtures run by run of positions: where one ends and the next begins changes no bit.
extension Compute {
    /// scores[p] = dot(query, key p) · scale.
    /// - Parameter stride: elements from one key to the next.
    /// - Shape: query [width], keys [count, width], scores [count].
    public func attentionScores(
        _ query: UnsafePointer<Float>, width: Int, keys: UnsafePointer<Float>, stride: Int, count: Int, scale: Float,
        into scores: UnsafeMutablePointer<Float>
    ) {
        operations.scores(query, width, keys, stride, count, scale, scores)
    }

    /// pattern = e^score / (Σ e^score + e^sink); pattern may be scores.
    ///
    /// The sum runs in 16 lanes by absolute position; the sink, which takes attention and gives nothing, comes last.
    /// - Parameter first: the absolute position of the first score.
    /// - Shape: scores, pattern [count].
    public func attentionSoftmax(
        _ scores: UnsafePointer<Float>, count: Int, first: Int, sink: Float?, into pattern: UnsafeMutablePointer<Float>
    ) {
        guard var sink else { return operations.softmax(scores, count, first, nil, pattern) }
        operations.softmax(scores, count, first, &sink, pattern)
    }

    /// z[c] += Σ pattern[p] · value p [c], fused and in ascending position.
    /// - Parameter stride: elements from one value to the next.
    /// - Shape: pattern [count], values [count, width], z [width].
    public func attentionMix(
        _ pattern: UnsafePointer<Float>, values: UnsafePointer<Float>, stride: Int, count: Int, width: Int,
        into z: UnsafeMutablePointer<Float>
    ) {
        operations.mix(pattern, values, stride, count, width, z)
    }
}
