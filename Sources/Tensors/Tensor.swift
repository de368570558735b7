/// A dense array of 32-bit floats with named axes: what runs, sites and scores are made of.
///
/// Values are row-major: the last axis varies fastest. A weight that stays encoded in its file is a `Matrix`, not this.
public struct Tensor: Sendable, Equatable {
    /// The length of each axis; empty for a scalar.
    public let shape: [Int]
    /// The name of each axis, for instance `["position", "head", "channel"]`.
    public let axes: [String]
    /// The elements, `shape` multiplied together in number.
    public var values: [Float]

    /// A tensor over the given elements.
    public init(shape: [Int], axes: [String], values: [Float]) {
        precondition(shape.count == axes.count && shape.reduce(1, *) == values.count)
        self.shape = shape
        self.axes = axes
        self.values = values
    }

    /// A tensor of one repeated value.
    public init(shape: [Int], axes: [String], repeating value: Float) {
        self.init(shape: shape, axes: axes, values: [Float](repeating: value, count: shape.reduce(1, *)))
    }

    /// The number of elements.
    public var count: Int { values.count }

    /// How far apart neighbours along each axis lie in `values`.
    public var strides: [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// The slice at one index of the first axis, which disappears.
    /// - Complexity: O(elements of the slice).
    public subscript(first index: Int) -> Tensor {
        let width = shape[0] == 0 ? 0 : count / shape[0]
        return Tensor(
            shape: Array(shape.dropFirst()), axes: Array(axes.dropFirst()),
            values: Array(values[index * width..<(index + 1) * width]))
    }
}
