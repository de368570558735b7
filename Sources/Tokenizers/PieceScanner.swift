/// Matches one alternative after the other at a position, as a backtracking regular-expression engine would.
///
/// Positions are byte offsets at the start of a character. Each function named after a part of a pattern returns the end
/// of its match, or nil.
struct PieceScanner {
    let text: UnsafeBufferPointer<UInt8>
    let classes: UnsafeBufferPointer<UInt8>

    private typealias Class = ScalarClass

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    func gpt2(_ start: Int) -> Int {
        if let end = contraction(start, ignoringCase: false) { return end }
        let first = text[start] == UInt8(ascii: " ") ? start + 1 : start
        if first < text.count {
            let run = classes[first]
            if run & Class.letter != 0 { return skip(Class.letter, first) }
            if run & Class.number != 0 { return skip(Class.number, first) }
            if run & Class.notOther == 0 { return skipOther(first) }
        }
        return blank(start)
    }

    /// `(?i:…)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    func words(_ start: Int, digits: Int) -> Int {
        if let end = contraction(start, ignoringCase: true) { return end }
        let first = afterPrefix(start) ?? start
        if first < text.count, classes[first] & Class.letter != 0 { return skip(Class.letter, first) }
        if let end = number(start, digits) ?? symbols(start, allowingSlash: false) ?? lines(start) { return end }
        return blank(start)
    }

    /// The o200k pattern; see ``PreTokenizer/pattern``.
    func cased(_ start: Int) -> Int {
        let prefixed = afterPrefix(start)
        if let word = prefixed.flatMap(endingLow) ?? endingLow(start)
            ?? prefixed.flatMap(beginningHigh) ?? beginningHigh(start)
        {
            return contraction(word, ignoringCase: true) ?? word
        }
        if let end = number(start, 3) ?? symbols(start, allowingSlash: true) ?? lines(start) { return end }
        return blank(start)
    }

    private static let high = Class.upper | Class.otherLetter | Class.mark
    private static let low = Class.lower | Class.otherLetter | Class.mark

    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`
    private func endingLow(_ start: Int) -> Int? {
        let highEnd = skip(Self.high, start)
        if highEnd < text.count, classes[highEnd] & Class.lower != 0 { return skip(Self.low, highEnd) }
        // The first part gives back characters until the second has one; what follows that one is in neither reach.
        var end = highEnd
        while end > start {
            if classes[end - 1] & Self.low != 0 { return end }
            end = characterStart(before: end)
        }
        return nil
    }

    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`
    private func beginningHigh(_ start: Int) -> Int? {
        let highEnd = skip(Self.high, start)
        return highEnd > start ? skip(Self.low, highEnd) : nil
    }

    /// `[^\r\n\p{L}\p{N}]`
    private func afterPrefix(_ start: Int) -> Int? {
        classes[start] & (Class.lineEnd | Class.letter | Class.number) == 0 ? next(start) : nil
    }

    /// `\p{N}{1,limit}`
    private func number(_ start: Int, _ limit: Int) -> Int? {
        var end = start
        for _ in 0..<limit where end < text.count && classes[end] & Class.number != 0 { end = next(end) }
        return end > start ? end : nil
    }

    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*`, or with `/` among the last
    private func symbols(_ start: Int, allowingSlash: Bool) -> Int? {
        let first = text[start] == UInt8(ascii: " ") ? start + 1 : start
        guard first < text.count, classes[first] & Class.notOther == 0 else { return nil }
        var end = skipOther(first)
        while end < text.count,
            classes[end] & Class.lineEnd != 0 || (allowingSlash && text[end] == UInt8(ascii: "/"))
        {
            end += 1
        }
        return end
    }

    /// `\s*[\r\n]+`: white space up to its last line end
    private func lines(_ start: Int) -> Int? {
        var end = skip(Class.white, start)
        while end > start, classes[end - 1] & Class.lineEnd == 0 { end -= 1 }
        return end > start ? end : nil
    }

    /// `\s+(?!\S)|\s+`: white space, but its last character is left for what follows, if it is not all there is
    private func blank(_ start: Int) -> Int {
        let end = skip(Class.white, start)
        // Every pattern covers every character, so this is white space; a step forward all the same.
        guard end > start else { return next(start) }
        guard end < text.count else { return end }
        let last = characterStart(before: end)
        return last > start ? last : end
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d`
    private func contraction(_ start: Int, ignoringCase: Bool) -> Int? {
        guard start + 1 < text.count, text[start] == UInt8(ascii: "'") else { return nil }
        // U+017F folds to s.
        if ignoringCase, start + 2 < text.count, text[start + 1] == 0xC5, text[start + 2] == 0xBF { return start + 3 }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let second = start + 2 < text.count ? text[start + 2] | fold : 0
        switch text[start + 1] | fold {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r") where second == UInt8(ascii: "e"): return start + 3
        case UInt8(ascii: "v") where second == UInt8(ascii: "e"): return start + 3
        case UInt8(ascii: "l") where second == UInt8(ascii: "l"): return start + 3
        default: return nil
        }
    }

    private func skip(_ mask: UInt8, _ start: Int) -> Int {
        var end = start
        while end < text.count, classes[end] & mask != 0 { end += 1 }
        return end
    }

    private func skipOther(_ start: Int) -> Int {
        var end = start
        while end < text.count, classes[end] & Class.notOther == 0 { end += 1 }
        return end
    }

    private func next(_ position: Int) -> Int {
        min(position + UTF8Reading.width(text[position]), text.count)
    }

    private func characterStart(before end: Int) -> Int {
        var start = end - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}
