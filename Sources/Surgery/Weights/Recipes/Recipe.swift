import Formats
import Inference

/// A published mixture of types: which format each tensor gets, by what it is for and where it stands.
///
/// The rules are llama-quantize's, so that a recipe's name means in a file of Lancet's what it means in one of llama.cpp's.
/// - Source: llama.cpp, `llama_tensor_get_type` in `src/llama-quant.cpp`, held against it tensor by tensor by a test.
public struct Recipe: Sendable {
    /// The name in lower case, such as `q4_k_m`.
    public let name: String
    /// The number of `general.file_type`.
    public let fileType: UInt32
    /// The format of what no rule speaks of.
    public let base: BlockFormat
    /// Whether llama.cpp makes it with an importance matrix only, where any matrix but the embedding gets its base.
    public let needsImportance: Bool
    let rules: Rules

    /// What departs from the base; nil leaves it.
    struct Rules: Sendable {
        typealias Rule = @Sendable (RecipeSetting, _ layer: Int) -> BlockFormat?

        /// The format of experts' matrices, and with it the base of all else, the output included.
        var experts: BlockFormat?
        var value: Rule?
        var attentionOutput: BlockFormat?
        /// The format of the attention's output where there are exactly 8 experts.
        var attentionOutputOfEight: BlockFormat?
        var down: Rule?
    }

    init(
        _ name: String, _ fileType: UInt32, _ base: BlockFormat, needsImportance: Bool = false, _ rules: Rules = Rules()
    ) {
        self.name = name
        self.fileType = fileType
        self.base = base
        self.needsImportance = needsImportance
        self.rules = rules
    }

    /// The format of a weight matrix whose rows have that many elements, substitutes for rows that do not fit included.
    public func format(of role: Role, columns: Int, in setting: RecipeSetting) -> BlockFormat {
        preferred(role, columns, setting).fitting(columns: columns)
    }

    /// The format before rows are looked at.
    private func preferred(_ role: Role, _ columns: Int, _ setting: RecipeSetting) -> BlockFormat {
        guard base.blockLength > 1 else { return base }
        if role.part == .output || (role.part == .embedding && setting.isTied) { return output(columns) }
        if let experts = rules.experts { return role.expert != nil && setting.expertCount > 1 ? experts : base }
        let layer = role.layer ?? 0
        switch role.part {
        case .value: return setting.value(self, layer)
        case .key: return setting.expertCount == 8 ? .q8_0 : base
        case .attentionOutput:
            return (setting.expertCount == 8 ? rules.attentionOutputOfEight : rules.attentionOutput) ?? base
        case .down, .sharedDown: return rules.down?(setting, layer) ?? base
        default: return base
        }
    }

    /// What turns the last state into logits is worth more bits than anything else.
    private func output(_ columns: Int) -> BlockFormat {
        if rules.experts != nil || base == .q8_0 || columns % base.blockLength != 0 { return .q8_0 }
        return .q6_k
    }
}

extension Recipe: Hashable {
    public static func == (a: Recipe, b: Recipe) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension RecipeSetting {
    fileprivate func value(_ recipe: Recipe, _ layer: Int) -> BlockFormat {
        if expertCount == 8 { return .q8_0 }
        let format = recipe.rules.value?(self, layer) ?? recipe.base
        return sharesKeysBroadly && (format == .q3_k || format == .q4_k) ? .q5_k : format
    }
}
