/// The words that a parser knows beside the language's own.
public struct Vocabulary {
    /// Every command, in display order.
    public let signatures: [Signature]
    /// Words of commands to come, each with what to do until then; empty says only that it is not there yet.
    public let futureWords: [String: String]
    /// Reads the file that an `include` names.
    public let includedText: (String) throws(LanguageError) -> SourceText
    private let byName: [String: Signature]

    /// Takes the commands; of two with one name the later counts.
    public init(
        _ signatures: [Signature], futureWords: [String: String] = [:],
        includedText: @escaping (String) throws(LanguageError) -> SourceText = { (_) throws(LanguageError) in
            throw LanguageError(.include, "no files can be included here")
        }
    ) {
        self.signatures = signatures
        self.futureWords = futureWords
        self.includedText = includedText
        byName = Dictionary(signatures.map { ($0.name, $0) }, uniquingKeysWith: { _, later in later })
    }

    /// The command of a name.
    public subscript(name: String) -> Signature? { byName[name] }
}
