/// What the pre-tokenizers need to know about a character: one bit a class, so that a set of classes is a mask.
///
/// A character in none of them is a symbol, a control character or unassigned.
enum ScalarClass {
    /// Lu and Lt.
    static let upper: UInt8 = 1
    /// Ll.
    static let lower: UInt8 = 2
    /// Lm and Lo.
    static let otherLetter: UInt8 = 4
    /// Mn, Mc and Me.
    static let mark: UInt8 = 8
    /// Nd, Nl and No.
    static let number: UInt8 = 16
    /// White_Space, except the two line ends.
    static let space: UInt8 = 32
    /// Carriage return and line feed.
    static let lineEnd: UInt8 = 64
    /// Pc, Pd, Ps, Pe, Pi, Pf and Po, and the ASCII symbols `$+<=>^~|`.
    static let punctuation: UInt8 = 128

    /// `\p{L}`
    static let letter = upper | lower | otherLetter
    /// `\s`
    static let white = space | lineEnd
    /// What `[^\s\p{L}\p{N}]` leaves out.
    static let notOther = white | letter | number

    /// The classes of the characters below U+20000: nearly all that texts are made of.
    static let table: [UInt8] = (0..<0x20000).map { value in Unicode.Scalar(UInt32(value)).map(compute) ?? 0 }

    /// - Source: Unicode's General_Category and White_Space, as the standard library has them.
    static func compute(_ scalar: Unicode.Scalar) -> UInt8 {
        if scalar == "\r" || scalar == "\n" { return lineEnd }
        if scalar.properties.isWhitespace { return space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: return upper
        case .lowercaseLetter: return lower
        case .modifierLetter, .otherLetter: return otherLetter
        case .nonspacingMark, .spacingMark, .enclosingMark: return mark
        case .decimalNumber, .letterNumber, .otherNumber: return number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return punctuation
        default: return "$+<=>^~|".unicodeScalars.contains(scalar) ? punctuation : 0
        }
    }

    /// The class of each byte's character: a character of three bytes gives its class three times, so that positions in
    /// the result are positions in the text.
    static func classes(of text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: text.count) { classes, count in
            count = text.count
            table.withUnsafeBufferPointer { table in
                var position = 0
                while position < text.count {
                    let byte = text[position]
                    if byte < 0x80 {
                        classes[position] = table[Int(byte)]
                        position += 1
                        continue
                    }
                    let width = min(UTF8Reading.width(byte), text.count - position)
                    let value = UTF8Reading.value(text, position, width)
                    let scalarClass =
                        Int(value) < table.count ? table[Int(value)] : Unicode.Scalar(value).map(compute) ?? 0
                    for index in position..<position + width { classes[index] = scalarClass }
                    position += width
                }
            }
        }
    }
}

/// Steps through UTF-8 that is known to be valid, as the bytes of a `String` are.
enum UTF8Reading {
    /// How many bytes a character takes, by its first.
    static func width(_ lead: UInt8) -> Int {
        lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }

    /// The scalar value of the character of `width` bytes at a position.
    static func value(_ text: UnsafeBufferPointer<UInt8>, _ position: Int, _ width: Int) -> UInt32 {
        let lead = UInt32(text[position])
        guard width > 1 else { return lead }
        var value = lead & (0x7F >> UInt32(width))
        for index in 1..<width { value = value << 6 | UInt32(text[position + index] & 0x3F) }
        return value
    }
}
