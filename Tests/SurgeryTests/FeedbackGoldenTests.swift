import Formats
import Inference
import Kernels
import Storage
import Surgery
import Tensors
import TestSupport
import Testing

/// GPTQ, Wanda and SparseGPT against plain torch.
struct FeedbackGoldenTests {
    /// A small matrix, inputs of it, and what torch made of them.
    struct Golden {
        private let entries: [String: TensorEntry]
        let compute = Compute(threads: 2)

        init() throws {
            let path = Fixtures.path("calibration/feedback.safetensors")
            let tensors = try SafetensorsReader.read(try MappedFile(path: path), name: "feedback").tensors
            entries = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        }

        func values(_ name: String) throws -> [Float] { try #require(entries[name]?.floats()) }

        func matrix(_ name: String) throws -> Matrix {
            let shape = try #require(entries[name]?.shape)
            return Matrix(
                rows: shape[0], columns: shape[1], format: .f32, source: MemorySource(try values(name)), offset: 0,
                rowStride: shape[1] * 4)
        }

        func decoded(_ matrix: Matrix) -> [Float] {
            var values = [Float](repeating: 0, count: matrix.rows * matrix.columns)
            for row in 0..<matrix.rows {
                values.withUnsafeMutableBufferPointer { buffer in
                    if let base = buffer.baseAddress {
                        compute.decodeRow(matrix, row: row, into: base + row * matrix.columns)
                    }
                }
            }
            return values
        }
    }

    /// Σ ((q − w) x)² over inputs and rows.
    static func loss(_ held: [Float], _ weights: [Float], _ inputs: [Float], columns: Int) -> Double {
        var total = 0.0
        for row in stride(from: 0, to: weights.count, by: columns) {
            for start in stride(from: 0, to: inputs.count, by: columns) {
                var sum = 0.0
                for column in 0..<columns {
                    sum += (Double(held[row + column]) - Double(weights[row + column])) * Double(inputs[start + column])
                }
                total += sum * sum
            }
        }
        return total
    }

    @Test(arguments: [("whole", 64, false), ("small", 16, false), ("ordered", 32, true)])
    func integersEqualTorch(name: String, group: Int, actOrder: Bool) throws {
        let golden = try Golden()
        let (matrix, inputs) = (try golden.matrix("\(name).w"), try golden.values("\(name).x"))
        let theirs = try golden.values("\(name).gptq")
        var options = GPTQ.Options()
        options.actOrder = actOrder
        let scheme = PackingScheme.words(bits: 4, .group(group), isSymmetric: true)
        let held = try GPTQ.encoded(
            matrix, as: .packed(scheme), inputs: inputs, options: options, compute: golden.compute)
        let ours = golden.decoded(held)
        let same = zip(ours, theirs).count { $0 == $1 }
        let weights = try golden.values("\(name).w")
        let losses = [ours, theirs].map { Self.loss($0, weights, inputs, columns: matrix.columns) }
        #expect(same == theirs.count || abs(losses[0] / losses[1] - 1) < 1e-4, "\(same) of \(theirs.count), \(losses)")
    }

    /// Blocks of 32 that Lancet writes.
    static let blocks = ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "iq4_nl", "mxfp4"].filter { name in
        Compute.encodable.contains { $0.name == name }
    }

    @Test(arguments: blocks)
    func everyCodeIsOneThatTheDecoderHasAndOutputsAreCloserThanNearest(name: String) throws {
        let golden = try Golden()
        let format = try #require(BlockFormats.named(name))
        let (matrix, inputs) = (try golden.matrix("whole.w"), try golden.values("whole.x"))
        let weights = try golden.values("whole.w")
        for actOrder in [false, true] {
            var options = GPTQ.Options()
            options.actOrder = actOrder
            let held = try GPTQ.encoded(
                matrix, as: .block(format), inputs: inputs, options: options, compute: golden.compute)
            #expect(held.format == format && held.rows == matrix.rows)
            var nearest = [UInt8](repeating: 0, count: held.byteCount)
            weights.withUnsafeBufferPointer { values in
                nearest.withUnsafeMutableBytes {
                    golden.compute.encode(
                        values, columns: matrix.columns, as: format, importance: nil, into: $0)
                }
            }
            let plain = Matrix(
                rows: matrix.rows, columns: matrix.columns, format: format, source: MemorySource(nearest), offset: 0,
                rowStride: held.rowStride)
            let losses = [held, plain].map {
                Self.loss(golden.decoded($0), weights, inputs, columns: matrix.columns)
            }
            #expect(losses[0] < 0.85 * losses[1], "\(name) \(actOrder) \(losses)")
        }
    }

    @Test func threadsChangeNoCode() throws {
        let golden = try Golden()
        let inputs = try golden.values("small.x")
        for format in [WeightFormat.block(.q4_0), .packed(.words(bits: 4, .group(16), isSymmetric: true))] {
            let decoded = try [1, 3].map { threads in
                golden.decoded(
                    try GPTQ.encoded(
                        try golden.matrix("small.w"), as: format, inputs: inputs, compute: Compute(threads: threads)))
            }
            #expect(decoded[0] == decoded[1])
        }
    }

    @Test func wandaChoosesWhatTorchChooses() throws {
        let golden = try Golden()
        let matrix = try golden.matrix("sparse.w")
        let ours = try Sparsity.values(
            matrix, by: .wanda, inputs: try golden.values("sparse.x"), compute: golden.compute)
        #expect(try golden.values("sparse.wanda") == ours)
    }

    @Test func sparsegptEqualsTorch() throws {
        let golden = try Golden()
        let matrix = try golden.matrix("sparse.w")
        let (inputs, weights) = (try golden.values("sparse.x"), try golden.values("sparse.w"))
        let ours = try Sparsity.values(matrix, by: .sparsegpt, inputs: inputs, compute: golden.compute)
        let theirs = try golden.values("sparse.sparsegpt")
        #expect(ours.map { $0 == 0 } == theirs.map { $0 == 0 })
        #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-5 })
        let losses = try Sparsity.Method.allCases.map { method in
            Self.loss(
                try Sparsity.values(matrix, by: method, inputs: inputs, compute: golden.compute), weights, inputs,
                columns: matrix.columns)
        }
        #expect(losses[2] < losses[1] && losses[1] < losses[0], "\(losses)")
    }

    @Test func formatsWithoutCodesAreRefused() throws {
        let golden = try Golden()
        #expect(throws: SurgeryError.self) {
            try GPTQ.encoded(
                try golden.matrix("small.w"), as: .block(.bf16), inputs: try golden.values("small.x"),
                compute: golden.compute)
        }
    }
}
