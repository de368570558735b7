import Foundation

/// Unicode normalization form C: characters composed where they can be.
///
/// - Source: Unicode Standard Annex 15.
enum Normalization {
    /// Calls the body with the composed text. Text without characters from U+0300 on is composed already.
    static func composed(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        // U+0300 is written CC 80; every later character begins with CC or a higher byte.
        guard text.contains(where: { $0 >= 0xCC }) else { return body(text) }
        guard text.contains(where: { $0 >= 0xF0 }) else {
            var composed = compose(text[...])
            return composed.withUTF8(body)
        }
        composeBetweenHighPlanes(text).withUnsafeBufferPointer(body)
    }

    /// Composes each character from U+20000 on by itself, and what lies between them.
    ///
    /// The library composes such a character as if it were that of its low 17 bits: U+20041 and an acute accent would
    /// become Á. None of them composes with a neighbour or is moved, so composing apart is composing.
    private static func composeBetweenHighPlanes(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var start = 0
        var position = 0
        while position < text.count {
            let width = min(UTF8Reading.width(text[position]), text.count - position)
            if width == 4, UTF8Reading.value(text, position, width) >= 0x20000 {
                if position > start { result += compose(text[start..<position]).utf8 }
                result += compose(text[position..<position + width]).utf8
                start = position + width
            }
            position += width
        }
        if start < text.count { result += compose(text[start...]).utf8 }
        return result
    }

    private static func compose(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping
    }
}
