extension BindingError {
    /// The error for what a model has and the container cannot say.
    static func notCarried(_ what: String, _ why: String, remedy: String? = nil) -> BindingError {
        BindingError(
            code: "binding.not-carried", subject: what, message: why,
            remedy: remedy ?? "GGUF cannot hold this model; keep the folder it was opened from")
    }
}

extension Set {
    /// The only element; the fallback if there is none; nil if there are several.
    func only(or fallback: Element) -> Element? { count > 1 ? nil : first ?? fallback }
}
