import CKernels
import Tensors

/// Decoding of packed rows: FP8, compressed-tensors, AutoAWQ, GPTQ.
extension KernelCheck {
    /// Every kernel over runs that leave every kind of remainder.
    static func packed() -> [KernelCheck] { lengths.flatMap(packed) }

    private static func packed(_ count: Int) -> [KernelCheck] {
        let codes = bytes(4 * count)
        let words = codes.withUnsafeBytes { raw in
            (0..<count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
        }
        let (zero, scale): (Float, Float) = (7, 0.0123)
        func signed(_ index: Int) -> Float { Float(Int8(bitPattern: codes[index])) }
        func nibble(_ index: Int) -> Float { Float(index % 2 == 0 ? codes[index / 2] & 15 : codes[index / 2] >> 4) }
        func scaled(_ code: (Int) -> Float) -> [Float] { (0..<count).map { (code($0) - zero) * scale } }
        let even = count / 2 * 2
        return [
            check("e4m3", (0..<count).map { E4M3.values[Int(codes[$0])] * scale }) { $0.e4m3(codes, count, scale, $1) },
            check("int8", scaled(signed)) { $0.bytes(codes, count, zero, scale, $1) },
            check("uint8", scaled { Float(codes[$0]) }) { $0.octets(codes, count, zero, scale, $1) },
            check("uint4", Array(scaled(nibble).prefix(even))) { $0.nibbles(codes, even, zero, scale, $1) },
            check("awq", scaled { Float(words[$0] >> 12 & 15) }) { $0.slots(words, count, 12, zero, scale, $1) },
            regrouped(count, scaled(signed)), turned(words),
        ]
    }

    private static func check(
        _ name: String, _ truth: [Float], _ run: @escaping (lk_packed, UnsafeMutablePointer<Float>) -> Void
    ) -> KernelCheck {
        KernelCheck(
            kernel: "decode packed \(name)", tolerance: 0, truth: truth.map(Double.init),
            magnitudes: truth.map { Double($0.magnitude) },
            run: { compute in
                filled(truth.count) { values in
                    if let kernels = lk_packed_of(compute.variant.index)?.pointee { run(kernels, values) }
                }
            })
    }

    /// Columns with groups of their own, one of which there is not.
    private static func regrouped(_ count: Int, _ values: [Float]) -> KernelCheck {
        let groups = (0..<count).map { UInt32(truncatingIfNeeded: $0 * 7 % 5) }
        let (zeros, scales) = (numbers(4, "zeros"), numbers(4, "scales"))
        let truth = zip(values, groups).map { value, group in
            group < 4 ? (value - zeros[Int(group)]) * scales[Int(group)] : .nan
        }
        return check("groups", truth) { kernels, target in
            target.update(from: values, count: count)
            groups.withUnsafeBytes { bytes in
                guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return }
                kernels.regroup(start, count, 4, zeros, scales, target)
            }
        }
    }

    /// Words across rows, three rows of which are brought side by side.
    private static func turned(_ words: [UInt32]) -> KernelCheck {
        let (width, rows) = (5, words.count / 5)
        let truth = (0..<3).flatMap { column in (0..<rows).map { Float(words[$0 * width + column]) } }
        return check("turn", truth) { kernels, target in
            let turned = words.withUnsafeBytes { bytes in
                [UInt32](unsafeUninitializedCapacity: 3 * rows) { buffer, filled in
                    buffer.initialize(repeating: 0)
                    if let start = bytes.bindMemory(to: UInt8.self).baseAddress, let out = buffer.baseAddress {
                        kernels.turn(start, width, rows, 3, out)
                    }
                    filled = 3 * rows
                }
            }
            for (index, word) in turned.enumerated() { target[index] = Float(word) }
        }
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        let random = KeyedRandom(seed: 11, purpose: "packed", item: count)
        return (0..<count).map { UInt8(random.unit($0) * 256) }
    }
}
