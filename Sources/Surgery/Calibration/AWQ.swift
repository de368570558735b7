import Formats
import Inference
import Kernels
import Scoring
import Storage
import Tensors

/// A plan of 4-bit weights carried out with activation-aware scales: channels that are strongly used are made larger before
/// rounding, and what writes them smaller, so that the model computes the same with less error where it counts.
///
/// For each seam of a layer the scales are mean|x|^α, with the α of a grid that leaves the outputs of the rounded matrices least
/// in error. A norm's readers share their scales, so those of a layer's experts and its router are common; routers and norms
/// that take part become float32. Steps of blocks and groups are chosen, and large weights clipped, by what the inputs' mean
/// squares say of the output's error.
/// - Source: Lin et al., 2024, AWQ: Activation-aware Weight Quantization for LLM Compression and Acceleration.
public struct AWQ: Sendable {
    /// What a seam got.
    public struct Scaled: Sendable, Hashable {
        /// What reads the scaled channels; of several the first.
        public let reader: Role
        /// The exponent; 0 leaves the weights as they are.
        public let alpha: Double
        /// Mean squared error of the readers' outputs, rounded with and without scales.
        public let error: Double
        public let plainError: Double
    }

    /// Exponents that are tried: sixteenths from 0 on, below 1.
    static let steps = 16

    public let plan: QuantizationPlan
    /// Rows of inputs of a matrix that errors are measured on.
    public let mostRows: Int

    /// - Throws: `SurgeryError` where the plan is not of weights in four bits alone.
    public init(_ plan: QuantizationPlan, mostRows: Int = 256) throws(SurgeryError) {
        if let entry = plan.entries.first(where: { !Self.suits($0.to) }) {
            throw SurgeryError(
                code: "awq.format", subject: entry.to.name,
                message: "AWQ is for weights of 4 bits alone: it moves the difficulty from weights to activations",
                remedy: entry.to.isW4A8
                    ? "quantize as w4a8 by gptq, or as w4a16 by awq, or add fallback to take w4a16"
                    : "use w4a16, q4_0, q4_1, q4_k, iq4_nl, iq4_xs or mxfp4 for all of it (of a whole model: m.layers, as "
                        + "recipes mix in others), or another method")
        }
        self.plan = plan
        self.mostRows = mostRows
    }

    /// Whether a format is of 4-bit weights for unrounded activations.
    public static func suits(_ format: WeightFormat) -> Bool {
        switch format {
        case .block(let block): ["q4_0", "q4_1", "q4_k", "iq4_nl", "iq4_xs", "mxfp4"].contains(block.name)
        case .packed(.words(let bits, _, _)): bits == 4
        case .packed: false
        }
    }

    /// Scales and encodes the tensors.
    /// - Parameters:
    ///   - isFoldedOnly: Whether to fold the scales and leave all weights float32: the same model in exact arithmetic.
    ///   - progress: Called before each layer with the layers done.
    /// - Throws: `SurgeryError` if the model has edits of activations; `StorageError` without room; what running throws.
    public func applied(
        to model: Model, over calibration: Calibration, isFoldedOnly: Bool = false, spill: SpillFile = SpillFile(),
        progress: ((Int) -> Void)? = nil
    ) throws -> (edit: Edit, scaled: [Scaled]) {
        guard model.interventions.isEmpty else {
            throw SurgeryError(
                code: "awq.edits", subject: model.interventions[0].site.name,
                message: "an edit of activations would act on channels that AWQ scales",
                remedy: "undo it, quantize, and edit again")
        }
        var scaled: [Scaled] = []
        var done = 0
        let entries = Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.role, $0) })
        let edited = try calibration.walk(
            model, roles: plan.entries.map(\.role), isSequential: false
        ) { model, roles, inputs in
            progress?(done)
            done += 1
            let layer = AWQLayer(
                model: model, planned: roles.reduce(into: [:]) { $0[$1] = entries[$1]?.to }, inputs: inputs,
                compute: calibration.engine.compute, mostRows: mostRows)
            let (folding, found) = try layer.searched(roles.first?.layer)
            scaled += found
            try layer.write(folding, isFoldedOnly: isFoldedOnly, spill: spill, to: &model)
        }
        let count = scaled.count { $0.alpha > 0 }
        return (
            Edit(
                model: edited,
                summary: "quantize \(plan.entries.count) tensors as \(plan.title) by awq: \(plan.bytesBefore) bytes to "
                    + "\(plan.bytesAfter)",
                notes: plan.notes + ["scales are folded at \(count) of \(scaled.count) places"]), scaled
        )
    }
}

extension WeightFormat {
    /// Whether it is 4-bit weights for 8-bit activations.
    public var isW4A8: Bool { if case .packed(.bytes(4, _, _)) = self { true } else { false } }
}
