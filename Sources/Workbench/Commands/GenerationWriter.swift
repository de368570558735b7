import Plots
import Tokenizers

/// Turns generated tokens into text as they come, and streams it where somebody watches.
struct GenerationWriter {
    private var decoder: StreamingDecoder?
    private let tokenizer: (any Tokenizer)?
    private let output: (any SessionOutput)?
    private(set) var promptText = ""
    private(set) var text = ""
    private var isOpen = false

    /// - Parameter output: Where to stream to; nil keeps quiet.
    init(tokenizer: (any Tokenizer)?, output: (any SessionOutput)?) {
        self.tokenizer = tokenizer
        self.output = output
        decoder = tokenizer?.makeStreamingDecoder()
    }

    /// Takes the prompt in.
    /// - Parameter isShown: Whether it is streamed, too.
    mutating func start(_ prompt: [Int], isShown: Bool = true) throws {
        for token in prompt { promptText += try piece(token) }
        if isShown { stream(promptText) }
    }

    /// Takes a generated token in.
    mutating func append(_ token: Int) throws {
        let piece = try piece(token)
        text += piece
        stream(piece)
    }

    /// Writes what was held back of an unfinished character, and ends the line.
    mutating func finish() {
        let rest = decoder?.finish() ?? ""
        text += rest
        stream(rest)
        if isOpen { output?.stream("\n") }
        isOpen = false
    }

    /// Without a tokenizer ids stand for themselves.
    private mutating func piece(_ token: Int) throws -> String {
        if decoder == nil { return promptText.isEmpty && text.isEmpty ? "\(token)" : " \(token)" }
        return try decoder?.append(token) ?? ""
    }

    private mutating func stream(_ piece: String) {
        guard !piece.isEmpty, let output else { return }
        isOpen = true
        output.stream(Self.printable(piece))
    }

    /// Lines and tabs stay; what could move the cursor or change colours is shown as a picture of itself.
    static func printable(_ text: String) -> String {
        text.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? String($0) : TextColumns.printable(String($0)) }.joined()
    }
}
