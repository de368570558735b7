import Inference
import Kernels

/// Which tensors are to be written how: made by a format, a recipe, a budget or hand, looked at, then applied.
public struct QuantizationPlan: Sendable {
    /// One tensor that changes.
    public struct Entry: Sendable, Hashable {
        public let role: Role
        public let from: WeightFormat
        public let to: WeightFormat
        /// What was asked for, where the tensor's rows do not fit it and `to` stands in.
        public let wanted: WeightFormat?
        public let bytesBefore: Int
        public let bytesAfter: Int
        /// Bytes that it takes on disk until it is saved.
        let roomBytes: Int
    }

    /// What changes, in the order of the data's way.
    public let entries: [Entry]
    /// What was selected but stays: already as wanted, or kept as it is because so little weighs so much.
    public let untouched: [Role]
    /// Of those, the ones whose rows no format that could stand in fits.
    public let unfit: [Role]
    /// What it follows: a format's name, a recipe's, a budget.
    public let title: String

    /// Parts that are quantized when a selection is made of layers, experts or the whole model rather than by tensor.
    public static let largeParts: Set<Role.Part> = [
        .embedding, .query, .key, .value, .attentionOutput, .gate, .up, .down, .sharedGate, .sharedUp, .sharedDown,
        .output,
    ]

    /// - Units: bytes of the tensors that change.
    public var bytesBefore: Int { entries.reduce(0) { $0 + $1.bytesBefore } }
    /// - Units: bytes of the tensors that change, afterwards.
    public var bytesAfter: Int { entries.reduce(0) { $0 + $1.bytesAfter } }

    /// Selected tensors in one format; where rows do not fit it, in what stands in for it.
    /// - Parameters:
    ///   - roles: The selected tensors.
    ///   - isExplicit: Whether they were named one by one; otherwise routers, norms, biases and sinks stay.
    /// - Throws: `SurgeryError` for a format that Lancet only reads, a tensor that there is not, or named ones whose rows
    ///   do not fit.
    public init(
        of model: Model, _ roles: [Role], as format: WeightFormat, isExplicit: Bool = false
    ) throws(SurgeryError) {
        try self.init(of: model, roles, title: format.name, isExplicit: isExplicit) { _, _ in format }
    }

    /// Selected tensors as a recipe has them.
    /// - Throws: `SurgeryError` for a tensor that there is not, or a recipe that needs an importance matrix.
    public init(
        of model: Model, _ roles: [Role], by recipe: Recipe, hasImportance: Bool = false
    ) throws(SurgeryError) {
        let setting = RecipeSetting(model, hasImportance: hasImportance)
        let isCoarse = roles.contains { role in
            guard role.part != .embedding, Self.largeParts.contains(role.part), let matrix = model.tensors[role] else {
                return false
            }
            return recipe.format(of: role, columns: matrix.columns, in: setting) == recipe.base
        }
        guard hasImportance || !recipe.needsImportance || !isCoarse else {
            throw SurgeryError(
                code: "quantize.importance", subject: recipe.name,
                message: "a mixture this coarse is made with an importance matrix only",
                remedy:
                    "make one, i = imatrix m over CORPUS, and write quantize … as \(recipe.name) using i, or take q2_k"
            )
        }
        try self.init(of: model, roles, title: recipe.name, isExplicit: false) { role, matrix in
            .block(recipe.format(of: role, columns: matrix.columns, in: setting))
        }
    }

    /// Tensors each in a format of its own, as an allocation has them.
    public init(of model: Model, _ formats: [Role: WeightFormat], title: String) throws(SurgeryError) {
        try self.init(of: model, Array(formats.keys), title: title, isExplicit: false) { role, matrix in
            formats[role] ?? WeightFormat(matrix)
        }
    }

    private init(
        of model: Model, _ roles: [Role], title: String, isExplicit: Bool, _ wanted: (Role, Matrix) -> WeightFormat
    ) throws(SurgeryError) {
        var (entries, untouched, unfit): ([Entry], [Role], [Role]) = ([], [], [])
        for role in Set(roles).sorted() {
            guard let matrix = model.tensors[role] else {
                throw SurgeryError(
                    code: "quantize.tensor", subject: role.name, message: "the model has no such tensor",
                    remedy: "see info m for what it has")
            }
            let wish = wanted(role, matrix)
            try Self.checkWritable(wish)
            // Readers of Hugging Face folders take embedding and output as plain numbers.
            let isPlain = wish.isPacked && (role.part == .embedding || role.part == .output)
            let isKept = !isExplicit && (isPlain || !Self.largeParts.contains(role.part))
            let target = isExplicit ? wish : wish.fitting(columns: matrix.columns)
            if target == nil, !isKept { unfit.append(role) }
            guard !isKept, let target, WeightFormat(matrix) != target else {
                untouched.append(role)
                continue
            }
            guard let bytes = target.byteCount(rows: matrix.rows, columns: matrix.columns),
                let room = target.roomBytes(rows: matrix.rows, columns: matrix.columns)
            else { throw Self.refusal(role, matrix, wish) }
            entries.append(
                Entry(
                    role: role, from: WeightFormat(matrix), to: target, wanted: target == wish ? nil : wish,
                    bytesBefore: matrix.byteCount, bytesAfter: bytes, roomBytes: room))
        }
        self.entries = entries
        self.untouched = untouched
        self.unfit = unfit
        self.title = title
    }

    private static func checkWritable(_ format: WeightFormat) throws(SurgeryError) {
        guard !format.isWritable else { return }
        throw SurgeryError(
            code: "quantize.format", subject: format.name, message: "Lancet reads this format but does not write it",
            remedy: "quantize as one of \(WeightFormat.writable.map(\.name).joined(separator: ", "))")
    }

    private static func refusal(_ role: Role, _ matrix: Matrix, _ format: WeightFormat) -> SurgeryError {
        let substitute = format.fitting(columns: matrix.columns)
        return SurgeryError(
            code: "quantize.blocks", subject: role.name,
            message: "a row of \(matrix.columns) elements is not a whole number of \(format.name)'s blocks",
            remedy: substitute.map {
                "quantize it as \($0.name), which stands in for \(format.name) where a selection is quantized together"
            } ?? "leave it as it is, or use f16, bf16 or f32")
    }
}
