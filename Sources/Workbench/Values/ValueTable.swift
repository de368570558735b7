import Documents
import Language
import Plots

/// Rows under named columns: the form that CSV, Markdown and plain tables share.
public struct ValueTable: Sendable {
    /// One cell.
    public enum Cell: Sendable {
        case text(String)
        /// A number and the decimals it shows; nil shows it in full.
        case number(Double, decimals: Int?)
        case integer(Int)
        /// A number of bytes.
        case bytes(Int)
        /// Nothing: a dense layer among experts, a value that is not defined.
        case hole
    }

    public let columns: [String]
    public let rows: [[Cell]]

    public init(columns: [String], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Comma-separated values with a header, numbers in full.
    public var csv: String {
        ([columns] + rows.map { $0.map(\.exact) }).map { row in
            row.map(Self.quoted).joined(separator: ",")
        }.joined(separator: "\n") + "\n"
    }

    /// A Markdown table.
    public var markdown: String {
        let escape = { (text: String) in
            text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        }
        let line = { (cells: [String]) in "| " + cells.map(escape).joined(separator: " | ") + " |" }
        let rule = "|" + columns.indices.map { isNumeric($0) ? "---:|" : "---|" }.joined()
        return ([line(columns), rule] + rows.map { line($0.map(\.shown)) }).joined(separator: "\n")
    }

    /// Aligned columns: numbers to the right, texts to the left.
    public var plain: String {
        let texts = [columns] + rows.map { $0.map(\.shown) }
        let widths = columns.indices.map { column in texts.map { $0[column].count }.max() ?? 0 }
        return texts.map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumeric(column) ? padding + row[column] : row[column] + padding
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// A list of objects, one a row.
    public var json: JSON {
        .array(rows.map { row in JSON.fields(zip(columns, row).map { ($0, $1.json) }) })
    }

    private func isNumeric(_ column: Int) -> Bool {
        rows.contains { if case .text = $0[column] { false } else { true } }
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

extension ValueTable.Cell {
    /// As people read it.
    var shown: String {
        switch self {
        case .text(let text): text
        case .number(let value, let decimals):
            decimals.map { NumberText.fixed(value, decimals: $0) } ?? NumberText.general(value, significant: 6)
        case .integer(let value): String(value)
        case .bytes(let count): NumberText.bytes(count)
        case .hole: "·"
        }
    }

    /// In full, as another program reads it.
    var exact: String {
        switch self {
        case .text(let text): text
        case .number(let value, _): Value.number(value).literalDescription
        case .integer(let value), .bytes(let value): String(value)
        case .hole: ""
        }
    }

    var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .number(let value, _): .finite(value)
        case .integer(let value), .bytes(let value): .whole(value)
        case .hole: .null
        }
    }
}
