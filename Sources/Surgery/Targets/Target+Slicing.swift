import Inference
import Tensors

extension Target {
    /// The elements of one position's row that belong to it.
    /// - Shape: indices into the row.
    func elements(width: Int, headDimension: Int) -> [Int] {
        switch part {
        case .whole: Array(0..<width)
        case .heads(let heads): heads.flatMap { Array($0 * headDimension..<($0 + 1) * headDimension) }
        case .channels(let indices), .experts(let indices): indices
        }
    }

    /// Its share of a site's value, shaped as an intervention's replacement.
    func slice(_ value: Tensor) -> Tensor {
        switch part {
        case .whole: return value
        case .heads(let heads):
            return isTable ? value.gathered(heads, axis: 0) : value.gathered(heads, axis: 1)
        case .channels(let indices), .experts(let indices): return value.gathered(indices, axis: 1)
        }
    }
}

extension Tensor {
    /// Some indices of one axis, in the given order.
    func gathered(_ indices: [Int], axis: Int) -> Tensor {
        let inner = shape[(axis + 1)...].reduce(1, *)
        let outer = shape[..<axis].reduce(1, *)
        var result: [Float] = []
        result.reserveCapacity(outer * indices.count * inner)
        for block in 0..<outer {
            for index in indices {
                let start = (block * shape[axis] + index) * inner
                result += values[start..<start + inner]
            }
        }
        var shape = shape
        shape[axis] = indices.count
        return Tensor(shape: shape, axes: axes, values: result)
    }
}
