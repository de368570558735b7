/// The regular expressions that cut a text into pieces before merging, each known by the name that GGUF files use and by
/// its text in `tokenizer.json`.
public enum PreTokenizer: String, Hashable, Sendable, CaseIterable {
    /// GPT-2 and everything whose `ByteLevel` says `use_regex`.
    case gpt2 = "gpt-2"
    /// OLMo and OLMoE: GPT-2's pieces of composed text.
    case olmo
    /// Qwen2 and Qwen3: numbers digit by digit.
    case qwen2
    /// Llama 3: numbers in threes.
    case llama3 = "llama-bpe"
    /// llama.cpp's own, for files that were converted before pre-tokenizers had names.
    case fallback = "default"
    /// GPT-4o and gpt-oss (o200k): words begin at capitals.
    case o200k = "gpt-4o"

    /// The regular expression; for `default` four of them, each applied to the pieces of the one before.
    ///
    /// `\s` is Unicode's White_Space; `(?i:)` folds U+017F (long s) to s.
    public var pattern: String {
        let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)"#
        let spaces = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
        let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
        let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
        return switch self {
        case .gpt2, .olmo:
            #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .qwen2:
            contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + spaces
        case .llama3:
            contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + spaces
        case .fallback:
            #"[\p{P}\$\+<=>\^~\|]+ then "# + Self.gpt2.pattern + #" then \p{N}+ then [0-9][0-9][0-9]"#
        case .o200k:
            #"[^\r\n\p{L}\p{N}]?"# + upper + "*" + lower + "+" + contractions + #"?|[^\r\n\p{L}\p{N}]?"# + upper + "+"
                + lower + "*" + contractions + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + spaces
        }
    }

    /// Where the pieces of a text end, as offsets into its UTF-8 bytes; the first begins at 0, each at the end of the
    /// one before.
    ///
    /// - Complexity: O(n).
    public func pieceEnds(of text: String) -> [Int] {
        var text = text
        var ends: [Int] = []
        text.withUTF8 { bytes in
            forEachPiece(of: bytes) { ends.append($0.upperBound) }
        }
        return ends
    }

    /// Calls the body with the range of every piece in order.
    func forEachPiece(of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        let classes = ScalarClass.classes(of: text)
        classes.withUnsafeBufferPointer { classes in
            let scanner = PieceScanner(text: text, classes: classes)
            if self == .fallback { return scanner.forEachFallbackPiece(body) }
            var start = 0
            while start < text.count {
                let end =
                    switch self {
                    case .gpt2, .olmo, .fallback: scanner.gpt2(start)
                    case .qwen2: scanner.words(start, digits: 1)
                    case .llama3: scanner.words(start, digits: 3)
                    case .o200k: scanner.cased(start)
                    }
                body(start..<end)
                start = end
            }
        }
    }
}
