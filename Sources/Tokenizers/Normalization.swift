import Foundation

/// Unicode normalization form C: characters composed where they can be.
enum Normalization {
    /// Calls the body with the composed text. Text without characters from U+0300 on is composed already.
    static func composed(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        // U+0300 is written CC 80; every later character begins with CC or a higher byte.
        guard text.contains(where: { $0 >= 0xCC }) else { return body(text) }
        var composed = String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping
        composed.withUTF8(body)
    }
}
