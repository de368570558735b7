import Documents
import Language
import Plots

/// A table that a command made: a title, rows, remarks, and a picture where the rows have one.
public struct TableValue: SessionValue {
    public let typeName: String
    public let title: String
    public let rows: ValueTable
    /// Lines under the table: counts, units, warnings.
    public let notes: [String]
    public let picture: (any Plot)?

    public init(
        typeName: String = "table", title: String = "", rows: ValueTable, notes: [String] = [],
        picture: (any Plot)? = nil
    ) {
        self.typeName = typeName
        self.title = title
        self.rows = rows
        self.notes = notes
        self.picture = picture
    }

    public var table: ValueTable? { rows }
    public var json: JSON { rows.json }

    public func text(_ options: TextOptions) -> String {
        ([title].filter { !$0.isEmpty } + [rows.plain] + notes).joined(separator: "\n")
    }

    public func plot(_ kind: PlotKind?) -> (any Plot)? { picture }

    public func absorb(into digest: inout ValueDigest) {
        digest.mix(rows.columns.count)
        for column in rows.columns { digest.mix(column) }
        for row in rows.rows {
            for cell in row { cell.absorb(into: &digest) }
        }
    }

    public var members: [Member] {
        [Member("columns", "the names of the columns"), Member("count", "how many rows")]
            + rows.columns.map { Member($0, "the column as a list") }
    }

    /// A column as a list, `columns`, `count`.
    public func member(_ name: String) throws(LanguageError) -> Value {
        if let column = rows.columns.firstIndex(of: name) { return .list(rows.rows.map { $0[column].value }) }
        switch name {
        case "columns": return .list(rows.columns.map { .text($0) })
        case "count": return .number(rows.rows.count)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    public var keys: [String] {
        rows.rows.compactMap { if case .text(let text)? = $0.first { text } else { nil } }
    }

    /// A row by number, or the row whose first cell is a text; then a column.
    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard let first = indices.first, indices.count <= 2 else {
            throw LanguageError(.index, "a table takes a row and a column")
        }
        let picked = try pickedRows(first)
        let part = TableValue(typeName: typeName, title: title, rows: ValueTable(columns: rows.columns, rows: picked))
        guard indices.count == 2 else { return .object(part) }
        guard case .text(let column) = indices[1] else {
            throw LanguageError(.index, "a column is named by a text", index: 1)
        }
        let values = try part.member(column)
        if case .list(let list) = values, list.count == 1, first.dropsAxis || Self.isText(first) { return list[0] }
        return values
    }

    public func elements() throws(LanguageError) -> [Value]? {
        rows.rows.map { row in
            .object(TableValue(typeName: "row", rows: ValueTable(columns: rows.columns, rows: [row])))
        }
    }

    private func pickedRows(_ index: IndexArgument) throws(LanguageError) -> [[ValueTable.Cell]] {
        guard case .text(let name) = index else {
            return try index.resolved(count: rows.rows.count, of: "the table").map { rows.rows[$0] }
        }
        let found = rows.rows.filter { $0.first?.shown == name }
        guard !found.isEmpty else {
            throw LanguageError(
                .index, "no row begins with \"\(name)\"", name: name,
                candidates: rows.rows.compactMap { $0.first?.shown })
        }
        return found
    }

    private static func isText(_ index: IndexArgument) -> Bool {
        if case .text = index { true } else { false }
    }
}

extension ValueTable.Cell {
    var value: Value {
        switch self {
        case .text(let text): .text(text)
        case .number(let value, _): .number(value)
        case .integer(let value): .number(value)
        case .bytes(let count): .number(Double(count), .bytes)
        case .hole: .nothing
        }
    }

    func absorb(into digest: inout ValueDigest) { digest.mix(value) }
}
