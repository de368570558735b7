import Storage

/// Every family that Lancet opens, in display order. A new one is a file in `Families` and a line here.
public enum Families {
    public static let all: [any Family] = [
        GPTOSS(),
        Qwen3MoE(),
        Qwen3(),
        Qwen2MoE(),
        Qwen2(),
        OLMoE(),
        Mixtral(),
        Llama(),
    ]

    /// The family of a GGUF file.
    /// - Throws: `BindingError` listing the families there are.
    static func named(
        ggufArchitecture name: String, _ metadata: Metadata, file: String
    ) throws(BindingError) -> any Family {
        let family = all.first { $0.ggufArchitecture == name && $0.claims(gguf: metadata) }
        if let family { return family }
        var supported: [String] = []
        for family in all where !supported.contains(family.ggufArchitecture) {
            supported.append(family.ggufArchitecture)
        }
        throw unknown("architecture \"\(name)\"", file: file, supported: supported)
    }

    /// The family of a Hugging Face folder, by `model_type`, else by the class in `architectures`.
    /// - Throws: `BindingError` listing the families there are.
    static func named(modelType: String?, classes: [String], file: String) throws(BindingError) -> any Family {
        let family = all.first { family in
            modelType.map { family.modelTypes.contains($0) } ?? classes.contains { family.classNames.contains($0) }
        }
        if let family { return family }
        let name = modelType.map { "model_type \"\($0)\"" } ?? "architectures \(classes)"
        throw unknown(name, file: file, supported: all.flatMap(\.modelTypes))
    }

    private static func unknown(_ name: String, file: String, supported: [String]) -> BindingError {
        BindingError(
            code: "binding.unknown-architecture", subject: file, message: "unknown \(name)",
            remedy: "Lancet opens \(supported.joined(separator: ", "))")
    }
}
