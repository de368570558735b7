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
