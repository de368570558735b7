extension PackingScheme {
    /// What a part of packed weights is.
    public enum Kind: String, Sendable, Hashable, CaseIterable { case codes, scales, zeroPoints, groupIndex }

    /// The number type and shape of the codes of a matrix; nil if rows or columns do not suit the scheme.
    public func codes(rows: Int, columns: Int) -> (element: PackedPart.Element, shape: [Int])? {
        switch self {
        case .fp8: return (.float8, [rows, columns])
        case .bytes: return (.int8, [rows, columns])
        case .words(let bits, _, _):
            guard (2...8).contains(bits) else { return nil }
            return (.int32, [rows, (columns * bits + 31) / 32])
        case .awq: return rows % 8 == 0 ? (.int32, [columns, rows / 8]) : nil
        case .gptq(let bits, _, _):
            guard (2...8).contains(bits), columns * bits % 32 == 0 else { return nil }
            return (.int32, [columns * bits / 32, rows])
        }
    }

    /// The shape of the scales of a matrix; nil if columns are not a whole number of groups where they have to be.
    public func scales(rows: Int, columns: Int) -> [Int]? {
        let count = tile.count(rows: rows, columns: columns)
        if case .group(let length) = tile, length < 1 || columns % length != 0 { return nil }
        return switch self {
        case .fp8, .words, .bytes: tile == .tensor ? [1] : [count.down, count.across]
        case .awq, .gptq: [count.across, rows]
        }
    }

    /// The number type and shape of the zero points; nil where there are none or they do not suit.
    public func zeroPoints(rows: Int, columns: Int) -> (element: PackedPart.Element, shape: [Int])? {
        guard hasZeroPoints else { return nil }
        let count = tile.count(rows: rows, columns: columns)
        switch self {
        case .fp8: return nil
        case .bytes: return (.int8, tile == .tensor ? [1] : [count.down, count.across])
        case .words(let bits, _, _): return (.int32, [(count.down * bits + 31) / 32, count.across])
        case .awq: return rows % 8 == 0 ? (.int32, [count.across, rows / 8]) : nil
        case .gptq(let bits, _, _): return rows * bits % 32 == 0 ? (.int32, [count.across, rows * bits / 32]) : nil
        }
    }

}
