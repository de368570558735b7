/// A grid of dots, eight to a character.
///
/// - Source: Unicode Standard, block U+2800: dot columns of bits 0 1 2 6 and 3 4 5 7, from the top.
struct BrailleCanvas {
    let columns: Int
    let rows: Int
    private var cells: [UInt8]
    private var owners: [Int]

    init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        cells = Array(repeating: 0, count: self.columns * self.rows)
        owners = Array(repeating: -1, count: self.columns * self.rows)
    }

    /// Draws a straight line between two points given as fractions of the canvas, from the lower left corner.
    mutating func line(from start: (x: Double, y: Double), to end: (x: Double, y: Double), owner: Int) {
        let (x0, y0) = dot(start)
        let (x1, y1) = dot(end)
        let steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in 0...steps {
            let fraction = Double(step) / Double(steps)
            let x = Int((Double(x0) + Double(x1 - x0) * fraction).rounded())
            let y = Int((Double(y0) + Double(y1 - y0) * fraction).rounded())
            let bits: [UInt8] = x % 2 == 0 ? [0x01, 0x02, 0x04, 0x40] : [0x08, 0x10, 0x20, 0x80]
            let cell = (y / 4) * columns + x / 2
            cells[cell] |= bits[y % 4]
            if owners[cell] < 0 { owners[cell] = owner }
        }
    }

    /// The character of a cell and the first line that went through it.
    func cell(row: Int, column: Int) -> (character: Character, owner: Int?) {
        let index = row * columns + column
        guard cells[index] != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(cells[index])) else { return (" ", nil) }
        return (Character(scalar), owners[index])
    }

    /// The cell in which a point lies.
    func position(of point: (x: Double, y: Double)) -> (row: Int, column: Int) {
        let (x, y) = dot(point)
        return (y / 4, x / 2)
    }

    private func dot(_ point: (x: Double, y: Double)) -> (Int, Int) {
        (
            Int((point.x * Double(columns * 2 - 1)).rounded()),
            Int(((1 - point.y) * Double(rows * 4 - 1)).rounded())
        )
    }
}
