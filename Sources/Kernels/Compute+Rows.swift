import CKernels

/// Operations on rows of float32: norms, rotary turns, activations, sums, softmax.
extension Compute {
    /// scale = √(mean(x²) + ε), normalized = x / scale, y = normalized · weight, for each row.
    /// - Shape: x, normalized, y [rows, width]; weight [width], nil for ones; scale [rows].
    /// - Source: Zhang and Sennrich, 2019, Root Mean Square Layer Normalization.
    public func rmsNorm(
        _ x: UnsafePointer<Float>, rows: Int, width: Int, epsilon: Float, weight: UnsafePointer<Float>?,
        scale: UnsafeMutablePointer<Float>? = nil, normalized: UnsafeMutablePointer<Float>? = nil,
        into y: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let start = row * width
            let rootMeanSquare = operations.root_mean_square(x + start, width, epsilon)
            scale?[row] = rootMeanSquare
            operations.normalize(x + start, width, rootMeanSquare, weight, normalized.map { $0 + start }, y + start)
        }
    }

    /// Turns each head's pairs (i, i + d/2) by the angle i of its row.
    /// - Shape: x [rows, heads, headDimension]; cosines, sines [rows, headDimension / 2].
    /// - Source: Su et al., 2021, RoFormer; halves rather than neighbours are paired, as in GPT-NeoX.
    public func rotate(
        _ x: UnsafeMutablePointer<Float>, rows: Int, heads: Int, headDimension: Int, cosines: UnsafePointer<Float>,
        sines: UnsafePointer<Float>
    ) {
        let half = headDimension / 2
        for row in 0..<rows {
            for head in 0..<heads {
                operations.rotate(
                    x + (row * heads + head) * headDimension, half, cosines + row * half, sines + row * half)
            }
        }
    }

    /// y = gate · sigmoid(gate) · up; y may be gate or up.
    /// - Source: Shazeer, 2020, GLU Variants Improve Transformer.
    public func swiglu(
        gate: UnsafePointer<Float>, up: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>
    ) {
        operations.swiglu(gate, up, count, y)
    }

    /// y = (clamp(up, ±limit) + 1) · g · sigmoid(alpha · g) with g = min(gate, limit); y may be gate or up.
    /// - Source: gpt-oss model card, 2025, and its reference implementation.
    public func clampedSwiglu(
        gate: UnsafePointer<Float>, up: UnsafePointer<Float>, count: Int, alpha: Float, limit: Float,
        into y: UnsafeMutablePointer<Float>
    ) {
        operations.clamped_swiglu(gate, up, count, alpha, limit, y)
    }

    /// y = eˣ, within 1 ulp; y may be x.
    public func exponential(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
        operations.exponential(x, count, y)
    }

    /// y = 1 / (1 + e⁻ˣ), within 2 ulp; y may be x.
    public func sigmoid(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
        operations.sigmoid(x, count, y)
    }

    /// y += x.
    public func add(_ x: UnsafePointer<Float>, count: Int, to y: UnsafeMutablePointer<Float>) {
        operations.add(x, count, y)
    }

    /// y = fma(weight, x, y).
    public func addScaled(
        _ x: UnsafePointer<Float>, count: Int, weight: Float, to y: UnsafeMutablePointer<Float>
    ) {
        operations.add_scaled(x, count, weight, y)
    }

    /// y = eˣ / Σ eˣ over one row, the sum in 16 lanes by index; y may be x.
    public func softmax(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
        operations.softmax(x, count, 0, nil, y)
    }

    /// ln Σ eˣ over one row, the sum in 16 lanes by index; −∞ for an empty row.
    public func logSumExp(_ x: UnsafePointer<Float>, count: Int) -> Double {
        let most = operations.maximum(x, count)
        // With no finite largest element there is nothing to take away, and ±∞ or a NaN comes out by itself.
        let shift = most.isFinite ? most : 0
        return Double(shift) + lk_logarithm(Double(operations.exponentials(x, count, 0, shift, nil)))
    }

    /// y = x − ln Σ eˣ over one row; y may be x.
    public func logSoftmax(_ x: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>) {
        let total = logSumExp(x, count: count)
        for index in 0..<count { y[index] = Float(Double(x[index]) - total) }
    }
}
