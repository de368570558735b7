import Language

extension RunValue {
    /// Returns if the runs are of this version of the model.
    /// - Throws: `LanguageError` naming both versions.
    func check(isOf model: ModelValue, _ argument: BoundArgument) throws(LanguageError) {
        guard owner.version != model.version else { return }
        throw .versions(
            "\(argument.text) was run on \(owner.versionTitle)", "the command names \(model.versionTitle)",
            help: "Run the prompt again on the present version.", span: argument.span)
    }
}

extension ModelValue {
    /// The model with the number that tells its versions apart.
    var versionTitle: String { "\(title) (version \(version))" }
}

extension LanguageError {
    /// Two versions of a model in one command.
    static func versions(_ first: String, _ second: String, help: String, span: Span?) -> LanguageError {
        LanguageError(code: "model.versions", "\(first), and \(second)", help: help, span: span)
    }
}
