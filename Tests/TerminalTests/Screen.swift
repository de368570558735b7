import Plots

/// What a terminal shows after some output: the part of an xterm that line editors use.
struct Screen {
    private(set) var rows: Int
    private(set) var columns: Int
    private(set) var row = 0
    private(set) var column = 0
    /// What scrolled off the top.
    private(set) var past: [String] = []
    private(set) var bells = 0
    private(set) var isPasteBracketed = false
    private var lines: [[Character]]
    /// A full row wraps only when the next character comes.
    private var wraps = false
    private var pending: [UInt8] = []

    /// The right half of a wide character.
    private static let shadow: Character = "\u{0}"

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        lines = Array(repeating: Array(repeating: " ", count: columns), count: rows)
    }

    /// The rows without trailing blanks, without blank rows at the end.
    var text: String {
        var shown = lines.map { Self.trimmed($0) }
        while shown.last == "" { shown.removeLast() }
        return shown.joined(separator: "\n")
    }

    /// Everything up to the cursor.
    var beforeCursor: String {
        (lines.prefix(row).map { Self.trimmed($0) } + [String(lines[row].prefix(column).filter { $0 != Self.shadow })])
            .joined(separator: "\n")
    }

    /// The row in which the cursor stands.
    var currentRow: String { Self.trimmed(lines[row]) }

    private static func trimmed(_ line: [Character]) -> String {
        var shown = line.filter { $0 != shadow }
        while shown.last == " " { shown.removeLast() }
        return String(shown)
    }

    mutating func resize(rows: Int, columns: Int) {
        lines = lines.map { Array(($0 + Array(repeating: " ", count: columns)).prefix(columns)) }
        while lines.count > rows && row < lines.count - 1 { lines.removeLast() }
        while lines.count > rows {
            past.append(Self.trimmed(lines.removeFirst()))
            row -= 1
        }
        while lines.count < rows { lines.append(Array(repeating: " ", count: columns)) }
        (self.rows, self.columns, column) = (rows, columns, min(column, columns - 1))
    }

    mutating func show(_ bytes: some Sequence<UInt8>) {
        pending += bytes
        while let count = take() { pending.removeFirst(count) }
    }

    /// Shows the first thing of what is pending, and says how long it was; nothing where it is not whole yet.
    private mutating func take() -> Int? {
        guard let first = pending.first else { return nil }
        if first == 0x1B { return takeEscape() }
        guard first >= 0x20 else {
            control(first)
            return 1
        }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard pending.count >= length else { return nil }
        if let character = String(decoding: pending.prefix(length), as: UTF8.self).first { put(character) }
        return length
    }

    private mutating func control(_ byte: UInt8) {
        switch byte {
        case 0x07: bells += 1
        case 0x08: (column, wraps) = (max(0, column - 1), false)
        case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
        case 0x0A: lineFeed()
        case 0x0D: (column, wraps) = (0, false)
        default: break
        }
    }

    private mutating func lineFeed() {
        wraps = false
        guard row == rows - 1 else {
            row += 1
            return
        }
        past.append(Self.trimmed(lines.removeFirst()))
        lines.append(Array(repeating: " ", count: columns))
    }

    private mutating func put(_ character: Character) {
        let width = TextColumns.width(of: String(character))
        guard width > 0 else { return }
        if wraps || column + width > columns {
            column = 0
            lineFeed()
        }
        lines[row][column] = character
        if width == 2 { lines[row][column + 1] = Self.shadow }
        column += width
        wraps = column == columns
        if wraps { column = columns - 1 }
    }

    private mutating func takeEscape() -> Int? {
        guard pending.count >= 2 else { return nil }
        guard pending[1] == UInt8(ascii: "[") else {
            // Charset choices have one byte more; keypad modes have none.
            let length = pending[1] == UInt8(ascii: "(") || pending[1] == UInt8(ascii: ")") ? 3 : 2
            return pending.count >= length ? length : nil
        }
        guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
        let text = String(decoding: pending[2..<end], as: UTF8.self)
        let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        if text == "?2004" {
            isPasteBracketed = pending[end] == UInt8(ascii: "h")
        } else {
            sequence(Character(Unicode.Scalar(pending[end])), numbers)
        }
        return end + 1
    }

    private mutating func sequence(_ final: Character, _ numbers: [Int]) {
        let count = max(1, numbers.first ?? 1)
        if final != "m" { wraps = false }
        switch final {
        case "A": row = max(0, row - count)
        case "B": row = min(rows - 1, row + count)
        case "C": column = min(columns - 1, column + count)
        case "D": column = max(0, column - count)
        case "G": column = min(columns, count) - 1
        case "H":
            row = min(rows, count) - 1
            column = min(columns, max(1, numbers.dropFirst().first ?? 1)) - 1
        case "J": eraseScreen(numbers.first ?? 0)
        case "K": eraseRow(numbers.first ?? 0)
        case "P":
            let removed = min(count, columns - column)
            lines[row].removeSubrange(column..<column + removed)
            lines[row] += Array(repeating: " ", count: removed)
        case "@":
            lines[row].insert(contentsOf: Array(repeating: " ", count: min(count, columns - column)), at: column)
            lines[row] = Array(lines[row].prefix(columns))
        default: break
        }
    }

    private mutating func eraseRow(_ mode: Int) {
        let range = mode == 0 ? column..<columns : mode == 1 ? 0..<column + 1 : 0..<columns
        for column in range { lines[row][column] = " " }
    }

    private mutating func eraseScreen(_ mode: Int) {
        if mode == 0 { eraseRow(0) }
        if mode == 1 { eraseRow(1) }
        let others = mode == 0 ? row + 1..<rows : mode == 1 ? 0..<row : 0..<rows
        for row in others { lines[row] = Array(repeating: " ", count: columns) }
    }
}
