import Formats
import Inference
import Kernels
import Tensors

extension Binder {
    /// What each rotary frequency is divided by.
    func rotaryDivisors(of divisors: Matrix) throws(BindingError) -> [Float] {
        let name = "rope_freqs.weight"
        guard blueprint.rotary.scaling == .none else {
            throw BindingError(
                code: "binding.unsupported-hyperparameter", subject: place(name),
                message: "the tensor and rope.scaling both stretch the rotary frequencies",
                remedy: "convert the checkpoint again with a current converter")
        }
        var values = [Float](repeating: 0, count: divisors.columns)
        values.withUnsafeMutableBytes { target in
            let read = { (bytes: UnsafeRawBufferPointer) in target.copyMemory(from: bytes) }
            if divisors.format == .f32 {
                divisors.source.withBytes(divisors.offset..<divisors.offset + target.count, read)
            }
        }
        guard values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw BindingError(
                code: "binding.type", subject: place(name),
                message: "it holds something other than f32 numbers above 0",
                remedy: "take the checkpoint from its source again")
        }
        return values
    }
}
