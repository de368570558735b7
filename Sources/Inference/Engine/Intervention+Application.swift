import Tensors

extension Intervention {
    /// Whether it acts at a position.
    func acts(at position: Int) -> Bool { positions?.contains(position) ?? true }

    /// Whether it acts on a row-shaped site at a position and, if it replaces, has something to put there.
    func hasValue(at position: Int) -> Bool {
        guard acts(at: position) else { return false }
        guard case .replace(let tensor) = action else { return true }
        guard position < tensor.shape[0], tensor.count > 0 else { return false }
        return !tensor.values[position * (tensor.count / tensor.shape[0])].isNaN || site.kind == .routerLogits
    }

    /// Changes one row of a row-shaped site; false if it does not act there.
    ///
    /// A replacement that is not a number is no value: the source had none at that position, so the row stays.
    func apply(to row: UnsafeMutablePointer<Float>, width: Int, at position: Int, headDimension: Int) -> Bool {
        guard hasValue(at: position) else { return false }
        let segments = segments(width: width, headDimension: headDimension)
        var taken = 0
        for segment in segments {
            change(row + segment.lowerBound, count: segment.count) { element in
                switch self.action {
                case .constant(let values): values[taken + element]
                case .replace(let tensor): tensor.values[position * (tensor.count / tensor.shape[0]) + taken + element]
                default: 0
                }
            }
            taken += segment.count
        }
        return true
    }

    /// Changes one row of a [head, query, key] table; false if it does not act at the query.
    /// The replacement's first axis is the part's heads.
    func applyTable(to row: UnsafeMutablePointer<Float>, keys: Int, head: Int, query: Int) -> Bool {
        guard acts(at: query) else { return false }
        change(row, count: keys) { key in
            switch self.action {
            case .constant(let values): values[key]
            case .replace(let tensor): self.tableValue(tensor, head: head, query: query, key: key)
            default: 0
            }
        }
        return true
    }

    /// The heads of a table that it touches.
    func heads(of count: Int) -> [Int] {
        if case .heads(let heads) = part { heads } else { Array(0..<count) }
    }

    private func tableValue(_ tensor: Tensor, head: Int, query: Int, key: Int) -> Float {
        let slot: Int
        if case .heads(let heads) = part { slot = heads.firstIndex(of: head) ?? 0 } else { slot = head }
        return tensor.values[(slot * tensor.shape[1] + query) * tensor.shape[2] + key]
    }

    private func change(_ target: UnsafeMutablePointer<Float>, count: Int, _ value: (Int) -> Float) {
        switch action {
        case .zero:
            target.update(repeating: 0, count: count)
        case .scale(let factor):
            for element in 0..<count { target[element] *= factor }
        case .constant, .replace:
            for element in 0..<count { target[element] = value(element) }
        }
    }

    /// Which runs of a row belong to the part.
    private func segments(width: Int, headDimension: Int) -> [Range<Int>] {
        switch part {
        case .whole: [0..<width]
        case .heads(let heads): heads.map { $0 * headDimension..<($0 + 1) * headDimension }
        case .channels(let indices), .experts(let indices): indices.map { $0..<$0 + 1 }
        }
    }
}
