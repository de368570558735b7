extension JSON {
    /// How a document is laid out.
    public enum Style: Hashable, Sendable, CaseIterable {
        /// One line without spaces.
        case compact
        /// A member or an element a line, indented by two spaces a level.
        case pretty
    }

    /// The document as text, members in their order.
    ///
    /// Doubles are printed with the fewest digits that read back to the same bits. JSON has no infinities and no NaN:
    /// they are printed as `null`, so a reader sees that there is no number rather than a wrong one.
    public func printed(_ style: Style = .compact) -> String {
        String(decoding: utf8(style), as: UTF8.self)
    }

    /// The document as UTF-8 bytes; see ``printed(_:)``.
    public func utf8(_ style: Style = .compact) -> [UInt8] {
        var printer = JSONPrinter(style: style)
        printer.print(self, depth: 0)
        return printer.bytes
    }
}

extension JSON: CustomStringConvertible {
    /// The document on one line.
    public var description: String { printed() }
}

struct JSONPrinter {
    let style: JSON.Style
    var bytes: [UInt8] = []

    mutating func print(_ value: JSON, depth: Int) {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let value): print(value)
        case .string(let value): print(value)
        case .array(let elements):
            list(elements, "[", "]", depth) { printer, element in printer.print(element, depth: depth + 1) }
        case .object(let object):
            list(object.members, "{", "}", depth) { printer, member in
                printer.print(member.key)
                printer.bytes.append(contentsOf: (printer.style == .pretty ? ": " : ":").utf8)
                printer.print(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func list<Element>(
        _ elements: [Element], _ opening: String, _ closing: String, _ depth: Int,
        _ body: (inout JSONPrinter, Element) -> Void
    ) {
        bytes.append(contentsOf: opening.utf8)
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(depth + 1)
            body(&self, element)
        }
        if !elements.isEmpty { breakLine(depth) }
        bytes.append(contentsOf: closing.utf8)
    }

    private mutating func breakLine(_ depth: Int) {
        guard style == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func print(_ number: JSONNumber) {
        let text =
            switch number {
            case .signed(let value): value.description
            case .unsigned(let value): value.description
            case .floating(let value): value.isFinite ? value.description : "null"
            }
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func print(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                if byte < 0x10 { bytes.append(UInt8(ascii: "0")) }
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
