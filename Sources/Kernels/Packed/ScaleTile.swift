/// The part of a matrix that one scale stands for.
public enum ScaleTile: Sendable, Hashable {
    /// One scale for the whole matrix.
    case tensor
    /// One a row.
    case channel
    /// One for so many neighbours in a row.
    case group(Int)
    /// One for so many rows and columns; tiles at the lower and right edges may be smaller.
    case block(rows: Int, columns: Int)

    /// Rows and columns of a tile in a matrix of that shape.
    func size(rows: Int, columns: Int) -> (rows: Int, columns: Int) {
        switch self {
        case .tensor: (max(1, rows), max(1, columns))
        case .channel: (1, max(1, columns))
        case .group(let length): (1, max(1, length))
        case .block(let height, let width): (max(1, height), max(1, width))
        }
    }

    /// Tiles down and across a matrix of that shape.
    public func count(rows: Int, columns: Int) -> (down: Int, across: Int) {
        let size = size(rows: rows, columns: columns)
        return ((rows + size.rows - 1) / size.rows, (columns + size.columns - 1) / size.columns)
    }
}
