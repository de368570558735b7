import Documents
import Foundation
import Inference

extension Hyperparameters {
    /// The rotary rule of GGUF metadata.
    ///
    /// llama.cpp multiplies cosine and sine by `attn_factor` × (0.1 ln(factor) + 1); `yarn_attn_factor` is what a
    /// converter copies from `attention_factor`, which replaces that product.
    /// - Source: llama.cpp, `llama-model.cpp` and `llama-context.cpp`.
    mutating func rotary(ggufTruncates: Bool, contextLength: Int) throws(BindingError) -> RotaryRule {
        let theta = try positive("rope.freq_base", default: 10000)
        if let windowed = try positive("rope.freq_base_swa"), windowed != theta {
            throw unsupported("rope.freq_base_swa", .number(JSONNumber(Double(windowed))))
        }
        let oldFactor = try scale("rope.scale_linear")
        let factor = try scale("rope.scaling.factor") ?? oldFactor ?? 1
        let original = try integer("rope.scaling.original_context_length", default: contextLength)
        let kind = try text("rope.scaling.type") ?? "linear"
        let yarnKeys = ["attn_factor", "yarn_attn_factor", "yarn_beta_fast", "yarn_beta_slow"].map {
            "rope.scaling." + $0
        }
        try expect("rope.scaling.yarn_log_multiplier", [0])
        try expect("rope.scaling.yarn_ext_factor", kind == "yarn" ? [1, -1] : [0, -1])
        switch kind {
        case "none", "linear":
            for key in yarnKeys { try expect(key, key.hasSuffix("attn_factor") ? [1] : [32, 1]) }
            return RotaryRule(theta: theta, scaling: kind == "none" || factor == 1 ? .none : .linear(factor: factor))
        case "yarn":
            guard theta > 1 else { throw bad("rope.freq_base", "\(theta)", "a number above 1") }
            let relative = try positive(yarnKeys[0]) ?? 1
            let absolute = try positive(yarnKeys[1])
            let fast = try positive(yarnKeys[2], default: 32)
            let slow = try positive(yarnKeys[3], default: 1)
            let usual: Float? = factor <= 1 ? 1 : nil
            let scaled: Float? = relative == 1 ? usual : Self.magnitude(factor, 1) * relative
            return RotaryRule(
                theta: theta,
                scaling: .yarn(
                    RotaryRule.Yarn(
                        factor: factor, originalContext: original, betaFast: fast, betaSlow: slow,
                        truncated: ggufTruncates, attentionFactor: absolute ?? scaled)))
        default:
            throw unsupported("rope.scaling.type", .string(kind))
        }
    }

    /// The rotary rule of `config.json`: `rope_scaling` if it has anything, else `rope_parameters`, else the family's.
    /// - Source: transformers, `modeling_rope_utils.py`.
    /// - Parameter headDimension: The width of a head, where the family's frequencies may be divided one by one.
    mutating func rotary(
        defaultTheta: Float, defaultScaling: RotaryRule.Scaling, contextLength: Int, headDimension: Int
    ) throws(BindingError) -> RotaryRule {
        let outerTheta = try positive("rope_theta") ?? defaultTheta
        try expect("partial_rotary_factor", [1])
        let outerOriginal = try integer("original_max_position_embeddings")
        let new = try group("rope_parameters")
        let old = try group("rope_scaling")
        guard var rope = old.flatMap({ $0.isEmpty ? nil : $0 }) ?? new else {
            return RotaryRule(theta: outerTheta, scaling: defaultScaling)
        }
        let theta = try rope.positive("rope_theta", default: outerTheta)
        try rope.expect("partial_rotary_factor", [1])
        let plainName = try rope.text("type")
        let kind = try rope.text("rope_type") ?? plainName ?? "default"
        guard kind != "yarn" || theta > 1 else { throw rope.bad("rope_theta", "\(theta)", "a number above 1") }
        let scaling: RotaryRule.Scaling
        switch kind {
        case "default": scaling = .none
        case "linear": scaling = .linear(factor: try rope.positive("factor", default: nil))
        case "yarn": scaling = .yarn(try rope.yarn(outerOriginal: outerOriginal, contextLength: contextLength))
        case "llama3":
            let original = try rope.integer("original_max_position_embeddings") ?? outerOriginal
            let stretch = Llama3Stretch(
                factor: try rope.positive("factor", default: nil),
                lowFrequencyFactor: try rope.positive("low_freq_factor", default: nil),
                highFrequencyFactor: try rope.positive("high_freq_factor", default: nil),
                originalContext: try rope.required(original, "original_max_position_embeddings"))
            guard stretch.lowFrequencyFactor < stretch.highFrequencyFactor else {
                throw rope.bad("low_freq_factor", "\(stretch.lowFrequencyFactor)", "a number below high_freq_factor")
            }
            scaling = .divided(stretch.divisors(theta: theta, headDimension: headDimension))
        default: throw rope.unsupported("rope_type", .string(kind))
        }
        try rope.finish()
        return RotaryRule(theta: theta, scaling: scaling)
    }

    private mutating func yarn(outerOriginal: Int?, contextLength: Int) throws(BindingError) -> RotaryRule.Yarn {
        let innerOriginal = try integer("original_max_position_embeddings")
        let original = outerOriginal ?? innerOriginal ?? contextLength
        let factor = try positive("factor", default: Float(contextLength) / Float(original))
        let fast = try scale("beta_fast") ?? 32
        let slow = try scale("beta_slow") ?? 1
        let truncated = try boolean("truncate", default: true)
        let given = try positive("attention_factor")
        let mscale = try scale("mscale")
        let mscaleAll = try scale("mscale_all_dim")
        var attention = given ?? (factor <= 1 ? 1 : nil)
        if given == nil, let mscale, let mscaleAll {
            attention = Self.magnitude(factor, mscale) / Self.magnitude(factor, mscaleAll)
        }
        return RotaryRule.Yarn(
            factor: factor, originalContext: original, betaFast: fast, betaSlow: slow, truncated: truncated,
            attentionFactor: attention)
    }

    /// A number above 0; nil where it is absent or 0, which both llama.cpp and transformers read as absent.
    private mutating func scale(_ key: String) throws(BindingError) -> Float? {
        if value(key)?.asDouble == 0 { return nil }
        return try positive(key)
    }

    /// What YaRN multiplies cosine and sine by.
    private static func magnitude(_ factor: Float, _ mscale: Float) -> Float {
        factor <= 1 ? 1 : Float(0.1 * Double(mscale) * log(Double(factor)) + 1)
    }
}
