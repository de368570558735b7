import Language

/// Where what a statement gave differs from what was recorded of it.
enum Difference {
    /// The first value that differs, and where in it; nil where all is the same.
    static func between(_ recorded: [Evidence], _ found: [Evidence]) -> String? {
        for index in 0..<max(recorded.count, found.count) {
            guard recorded.indices.contains(index) else { return "\(title(found[index])) is new" }
            guard found.indices.contains(index) else { return "\(title(recorded[index])) is missing" }
            let (old, new) = (recorded[index], found[index])
            if old.owner != new.owner { return "recorded \(title(old)), now \(title(new))" }
            if old.digest == new.digest { continue }
            let place = place(old.parts, new.parts)
            return "\(title(old)): " + (place ?? "recorded sha256 \(short(old)), now \(short(new))")
        }
        return nil
    }

    private static func title(_ evidence: Evidence) -> String {
        evidence.owner == "shown:"
            ? "the shown value" : evidence.owner == "printed:" ? "what was printed" : evidence.owner.trimmedColon
    }

    private static func short(_ evidence: Evidence) -> String { evidence.digest.prefix(12) + "…" }

    /// The first part that differs: a tensor, slab, row or element.
    private static func place(_ old: [String], _ new: [String]) -> String? {
        guard let index = (0..<max(old.count, new.count)).first(where: { !same(old, new, $0) }) else { return nil }
        guard old.indices.contains(index) else { return "\(words(new[index]).name) is new" }
        guard new.indices.contains(index) else { return "\(words(old[index]).name) is missing" }
        let (before, after) = (words(old[index]), words(new[index]))
        if before.kind == "text" { return "recorded \(old[index].dropFirst(5)), now \(new[index].dropFirst(5))" }
        guard before.name == after.name else { return "recorded \(before.name), now \(after.name)" }
        guard before.kind != "shape", before.items.count == after.items.count else {
            return before.kind == "shape"
                ? "recorded shape [\(list(before))], now [\(list(after))]"
                : "\(before.name): recorded \(before.items.count) parts, now \(after.items.count)"
        }
        let shape = index > 0 ? words(old[index - 1]) : nil
        let place = before.items.indices.first { before.items[$0] != after.items[$0] } ?? 0
        return describe(before, after, place, shape: shape?.kind == "shape" ? shape?.items.compactMap { Int($0) } : nil)
    }

    private static func same(_ old: [String], _ new: [String], _ index: Int) -> Bool {
        old.indices.contains(index) && new.indices.contains(index) && old[index] == new[index]
    }

    /// A part's line: its kind, the kind with the name that follows it where one does, and the rest.
    private struct Words {
        let kind: String
        let name: String
        let items: [Substring]
    }

    private static func words(_ part: String) -> Words {
        let all = part.split(separator: " ")
        let kind = all.first.map(String.init) ?? ""
        let named = ["tensor", "file", "cells"].contains(kind) ? 1 : 0
        let name = all.prefix(1 + named).joined(separator: " ")
        return Words(kind: kind, name: name, items: Array(all.dropFirst(1 + named)))
    }

    private static func list(_ words: Words) -> String { words.items.joined(separator: ", ") }

    private static func describe(_ old: Words, _ new: Words, _ place: Int, shape: [Int]?) -> String {
        guard old.items.indices.contains(place) else { return old.name }
        let change = "recorded \(number(old, place)), now \(number(new, place))"
        switch old.kind {
        case "number": return change
        case "numbers": return "element [\(place)]: " + change
        case "bits": return "element [\(index(place, in: shape))]: " + change
        case "cells":
            let width = max(1, Int(old.name.dropFirst(6)) ?? 1)
            return "row \(place / width), column \(place % width): " + change
        case "tokens": return "token \(place): recorded \(old.items[place]), now \(new.items[place])"
        case "rows": return "row \(place)"
        case "runs": return "run \(place)"
        case "positions": return "position \(place)"
        case "residuals":
            return place == old.items.count - 1
                ? "the residual stream behind the last layer" : "the residual stream entering layer \(place)"
        case "kept-experts": return "the experts that layer \(place) keeps"
        case "interventions": return "intervention \(place)"
        case "file": return "\(old.name): metadata, names or tokenizer"
        default: return old.name + (old.items.count > 1 ? ", expert \(place)" : "")
        }
    }

    /// A place in row order as an index for each axis.
    private static func index(_ place: Int, in shape: [Int]?) -> String {
        guard let shape, !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) else { return String(place) }
        var (rest, indices) = (place, [Int]())
        for length in shape.reversed() {
            indices.append(rest % length)
            rest /= length
        }
        return indices.reversed().map(String.init).joined(separator: ", ")
    }

    /// Bits as the number they are: float32 in tensors, else double; what is no number in words.
    private static func number(_ words: Words, _ place: Int) -> String {
        let bits = words.items[place]
        if words.kind == "bits", let pattern = UInt32(bits, radix: 16) { return "\(Float(bitPattern: pattern))" }
        if let pattern = UInt64(bits, radix: 16) { return "\(Double(bitPattern: pattern))" }
        return "other text"
    }
}

extension String {
    fileprivate var trimmedColon: String { hasSuffix(":") ? String(dropLast()) : self }
}
