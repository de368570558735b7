import Formats
import Inference
import Kernels
import Scoring
import Storage
import Tensors

/// A plan carried out with error feedback: each weight's rounding error is made up for by the weights behind it in its row, by
/// what calibration says of the inputs.
///
/// Layers go in order, and each is calibrated on what the quantized layers before it give. At a time it holds the residual
/// stream of the calibration text, one layer's inputs, and the factor of one matrix.
/// - Source: Frantar et al., 2023, GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers.
public struct GPTQ: Sendable {
    public struct Options: Sendable, Hashable {
        /// What is added to the Hessian's diagonal, as a share of its mean.
        public var damping = 0.01
        /// Whether columns go by how strongly they are used; scales are then fixed from the weights as they are.
        public var actOrder = false
        /// Tokens below which a matrix is rounded to nearest instead.
        public var leastTokens = 32
        /// Whether later layers are calibrated on quantized earlier ones.
        public var isSequential = true

        public init() {}
    }

    /// How one tensor was encoded.
    public struct Encoded: Sendable, Hashable {
        public let role: Role
        /// Inputs it was calibrated with.
        public let tokens: Int
        /// Whether error feedback was used; otherwise each weight is the nearest code.
        public let hasFeedback: Bool
    }

    public let plan: QuantizationPlan
    public let options: Options

    public init(_ plan: QuantizationPlan, options: Options = Options()) {
        self.plan = plan
        self.options = options
    }

    /// Encodes the tensors.
    /// - Parameter progress: Called before each layer with the tensors done.
    /// - Throws: `SurgeryError` for damping that does not do; `StorageError` without room; what running throws.
    public func applied(
        to model: Model, over calibration: Calibration, spill: SpillFile = SpillFile(), progress: ((Int) -> Void)? = nil
    ) throws -> (edit: Edit, encoded: [Encoded]) {
        var work = GPTQWork(engine: calibration.engine, options: options, spill: spill)
        let edited = try calibration.walk(
            model, roles: plan.entries.map(\.role), isSequential: options.isSequential
        ) { model, roles, inputs in
            progress?(work.encoded.count)
            try work.encode(plan.entries.filter { roles.contains($0.role) }, inputs, in: &model)
        }
        return (Edit(model: edited, summary: summary, notes: plan.notes + notes(work.encoded)), work.encoded)
    }

    private var summary: String {
        "quantize \(plan.entries.count) tensors as \(plan.title) by gptq: \(plan.bytesBefore) bytes to \(plan.bytesAfter)"
    }

    private func notes(_ encoded: [Encoded]) -> [String] {
        let plain = encoded.filter { !$0.hasFeedback }
        let few = plain.filter { $0.tokens < options.leastTokens && $0.role.part != .embedding }
        var notes: [String] = []
        if !few.isEmpty {
            let never = few.count { $0.tokens == 0 }
            notes.append(
                "\(few.count) tensors saw fewer than \(options.leastTokens) tokens (\(never) saw none) and are rounded to "
                    + "nearest: \(few.prefix(4).map(\.role.name).joined(separator: "; "))\(few.count > 4 ? "; …" : "")")
        }
        let other = plain.count - few.count
        if other > 0 {
            notes.append("\(other) tensors have no codes to choose or no inputs and are rounded to nearest")
        }
        return notes
    }
}

/// GPTQ's way through a model, some tensors at a time.
struct GPTQWork {
    let engine: Engine
    let options: GPTQ.Options
    let spill: SpillFile
    private(set) var encoded: [GPTQ.Encoded] = []

    init(engine: Engine, options: GPTQ.Options, spill: SpillFile) {
        self.engine = engine
        self.options = options
        self.spill = spill
    }

    /// Encodes tensors whose inputs were taken in, and puts them in the model.
    mutating func encode(_ entries: [QuantizationPlan.Entry], _ inputs: LayerInputs, in model: inout Model) throws {
        guard !entries.isEmpty else { return }
        // Matrices that read the same rows follow one another, so that they share a factor.
        let sorted = entries.sorted { a, b in
            let (x, y) = (inputs.keeper(of: a.role) ?? a.role, inputs.keeper(of: b.role) ?? b.role)
            return x == y ? a.role < b.role : x < y
        }
        var starts: [Int] = []
        var total = 0
        for entry in sorted {
            starts.append(total)
            total += entry.roomBytes
        }
        let room = try spill.append(byteCount: total) { bytes in
            var held: (keeper: Role, factor: FeedbackFactor, importance: [Float])?
            for (entry, start) in zip(sorted, starts) {
                try Interruption.check()
                guard let matrix = model.tensors[entry.role] else { continue }
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + entry.roomBytes])
                try encode(matrix, entry, inputs, &held, into: part)
            }
        }
        for (entry, start) in zip(sorted, starts) {
            guard let matrix = model.tensors[entry.role] else { continue }
            model.tensors[entry.role] = entry.to.matrix(
                rows: matrix.rows, columns: matrix.columns, in: room.source, at: room.offset + start)
        }
    }

    private mutating func encode(
        _ matrix: Matrix, _ entry: QuantizationPlan.Entry, _ inputs: LayerInputs,
        _ held: inout (keeper: Role, factor: FeedbackFactor, importance: [Float])?,
        into bytes: UnsafeMutableRawBufferPointer
    ) throws {
        let (compute, tokens) = (engine.compute, inputs.count(of: entry.role))
        let encoder = FeedbackEncoder(compute: compute, options: options)
        guard let keeper = inputs.keeper(of: entry.role), tokens >= max(1, options.leastTokens),
            FeedbackEncoder.writes(entry.to, rows: matrix.rows, columns: matrix.columns)
        else {
            compute.encode(matrix, as: entry.to, importance: nil, into: bytes)
            encoded.append(GPTQ.Encoded(role: entry.role, tokens: tokens, hasFeedback: false))
            return
        }
        if held?.keeper != keeper {
            held = nil
            let hessian = inputs.withRows(of: keeper) { Hessian(of: $0, count: matrix.columns, compute: compute) }
            held = (
                keeper, try encoder.factor(hessian, subject: entry.role.name), hessian.diagonal.map { Float($0 / 2) }
            )
        }
        if let held {
            try encoder.encode(matrix, as: entry.to, by: held.factor, importance: held.importance, into: bytes)
        }
        encoded.append(GPTQ.Encoded(role: entry.role, tokens: tokens, hasFeedback: true))
    }
}

extension GPTQ {
    /// One matrix in another format, calibrated on inputs at hand.
    /// - Shape: inputs [tokens, matrix.columns].
    /// - Throws: `SurgeryError` if the format has no codes to choose, or damping does not do; `Interrupted`.
    public static func encoded(
        _ matrix: Matrix, as format: WeightFormat, inputs: [Float], options: Options = Options(), compute: Compute
    ) throws -> Matrix {
        guard let size = format.roomBytes(rows: matrix.rows, columns: matrix.columns),
            FeedbackEncoder.writes(format, rows: matrix.rows, columns: matrix.columns)
        else {
            throw SurgeryError(
                code: "gptq.format", subject: format.name, message: "it has no codes that could be chosen one by one",
                remedy: "use w4a16, w8a16, w8a8, w4a8 or one of \(CodePlaces.names.joined(separator: ", "))")
        }
        let hessian = inputs.withUnsafeBufferPointer { Hessian(of: $0, count: matrix.columns, compute: compute) }
        let encoder = FeedbackEncoder(compute: compute, options: options)
        let factor = try encoder.factor(hessian, subject: "the matrix")
        var bytes = [UInt8](repeating: 0, count: size)
        try bytes.withUnsafeMutableBytes {
            try encoder.encode(
                matrix, as: format, by: factor, importance: hessian.diagonal.map { Float($0 / 2) }, into: $0)
        }
        return format.matrix(rows: matrix.rows, columns: matrix.columns, in: MemorySource(bytes), at: 0)
    }
}
