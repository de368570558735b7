import Tensors

extension Intervention {
    /// Returns if it holds a value for every place of a sequence at which it acts.
    /// - Throws: `InferenceError` with both lengths: values of one run say nothing about the positions of a longer one.
    func check(length: Int) throws(InferenceError) {
        let isTable = site.kind == .scores || site.kind == .pattern
        let (held, fits): (Int, Bool)
        switch action {
        case .replace(let tensor) where isTable:
            held = tensor.shape[1]
            fits = tensor.shape[1] == length && tensor.shape[2] == length
        case .replace(let tensor):
            held = tensor.shape[0]
            fits = (positions?.last).map { $0 < held } ?? (held >= length)
        case .constant(let values) where isTable:
            held = values.count
            fits = held >= length
        case .zero, .scale, .constant:
            return
        }
        guard fits else {
            throw InferenceError(
                code: "run.lengths", subject: site.name,
                message: "an edit holds values for \(held) tokens, and the sequence has \(length)",
                remedy: "run as many tokens, or undo the edit and ablate with zero or a mean, which fit any length")
        }
    }
}
