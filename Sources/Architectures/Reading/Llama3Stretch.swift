import Inference

/// Llama 3.1's way of stretching rotary frequencies: long waves by a factor, short ones not at all, those between in part.
///
/// - Source: Llama 3.1's reference; transformers, `_compute_llama3_parameters`; llama.cpp, `conversion/llama.py`.
struct Llama3Stretch {
    let factor: Float
    let lowFrequencyFactor: Float
    let highFrequencyFactor: Float
    let originalContext: Int

    /// What each frequency is divided by, in float32 as the converter works it out.
    /// - Shape: [head dimension / 2].
    func divisors(theta: Float, headDimension: Int) -> [Float] {
        let frequencies = RotaryRule(theta: theta, scaling: .none).inverseFrequencies(headDimension: headDimension).0
        let context = Float(originalContext)
        return frequencies.map { frequency in
            // PyTorch divides a number by a tensor as the number times the tensor's reciprocal. Float.pi is rounded towards
            // zero; the converter's is the nearest.
            let wave = 1 / frequency * Float(2 * Double.pi)
            if wave < context / highFrequencyFactor { return 1 }
            if wave > context / lowFrequencyFactor { return factor }
            let smooth = (1 / wave * context - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)
            return 1 / ((1 - smooth) / factor + smooth)
        }
    }
}

extension Llama3Stretch {
    /// The settings that give these divisors to the bit; nil if none are found.
    ///
    /// Context and frequency factors come to bear only in their ratios, so the low factor may be taken as 1, as every
    /// released configuration has it.
    init?(divisors: [Float], theta: Float, headDimension: Int) {
        let factor = Double(divisors.max() ?? 1)
        let frequencies = RotaryRule(theta: theta, scaling: .none).inverseFrequencies(headDimension: headDimension).0
        // How much of a wave is kept grows with its frequency on a line.
        let line = zip(frequencies, divisors).filter { $1 > 1 && Double($1) < factor }.map { frequency, divisor in
            (turns: Double(frequency) / (2 * .pi), kept: (1 / Double(divisor) - 1 / factor) / (1 - 1 / factor))
        }
        guard let first = line.first, let last = line.last else { return nil }
        var highFactors = [4.0]
        if line.count > 1 {
            let slope = (first.kept - last.kept) / (first.turns - last.turns)
            highFactors.append(1 + 1 / (slope * first.turns - first.kept))
        }
        for high in highFactors where high.isFinite && high > 1 {
            let rounded = (high * 100).rounded() / 100
            let context = ((first.kept * (rounded - 1) + 1) / first.turns).rounded()
            guard context >= 1, context <= Double(Int32.max) else { continue }
            let found = Llama3Stretch(
                factor: Float(factor), lowFrequencyFactor: 1, highFrequencyFactor: Float(rounded),
                originalContext: Int(context))
            if found.divisors(theta: theta, headDimension: headDimension) == divisors {
                self = found
                return
            }
        }
        return nil
    }
}
