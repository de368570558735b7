import Inference

/// One way in which a checkpoint spells and lays out one tensor: a row of a family's table.
public struct TensorForm: Sendable, Hashable {
    /// How the experts of a layer share tensors.
    public enum Experts: Sendable, Hashable {
        /// The tensor is no expert's.
        case none
        /// Each expert has a tensor of its own.
        case separate
        /// The first axis counts experts.
        case stacked
    }

    /// How a matrix lies in the tensor.
    public enum Arrangement: Sendable, Hashable {
        /// Rows are outputs.
        case rows
        /// Rows are inputs.
        case transposed
        /// MXFP4 as two tensors: codes of shape [experts, rows, blocks, 16] and scales [experts, rows, blocks].
        case blocksAndScales
    }

    /// The name, with `{layer}` and `{expert}` where numbers stand.
    public let name: String
    public let experts: Experts
    public let arrangement: Arrangement

    private let pieces: [String]
    private let holes: [Hole]

    private enum Hole: Sendable, Hashable { case layer, expert }

    public init(_ name: String, experts: Experts = .none, arrangement: Arrangement = .rows) {
        self.name = name
        self.experts = experts
        self.arrangement = arrangement
        var pieces = [""]
        var holes: [Hole] = []
        var rest = Substring(name)
        while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
            pieces[pieces.count - 1] = String(rest[..<open])
            holes.append(rest[open...close] == "{layer}" ? .layer : .expert)
            pieces.append("")
            rest = rest[rest.index(after: close)...]
        }
        pieces[pieces.count - 1] = String(rest)
        self.pieces = pieces
        self.holes = holes
    }

    /// The name of one tensor.
    public func name(layer: Int?, expert: Int?) -> String {
        var text = pieces[0]
        for (hole, piece) in zip(holes, pieces.dropFirst()) {
            text += String((hole == .layer ? layer : expert) ?? 0)
            text += piece
        }
        return text
    }

    /// The tensor of scales that goes with a tensor of blocks.
    var scales: TensorForm {
        TensorForm(name.replacingSuffix("_blocks", by: "_scales"), experts: experts, arrangement: arrangement)
    }

    /// The layer and expert that a name speaks of, nil if it is not of this form.
    func match(_ candidate: String) -> (layer: Int?, expert: Int?)? {
        guard candidate.hasPrefix(pieces[0]) else { return nil }
        var rest = candidate.dropFirst(pieces[0].count)
        var layer: Int?
        var expert: Int?
        for (hole, piece) in zip(holes, pieces.dropFirst()) {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), String(number) == digits else { return nil }
            if hole == .layer { layer = number } else { expert = number }
            rest = rest.dropFirst(digits.count)
            guard rest.hasPrefix(piece) else { return nil }
            rest = rest.dropFirst(piece.count)
        }
        return rest.isEmpty ? (layer, expert) : nil
    }
}

extension String {
    /// The text with its end replaced; unchanged if it does not end so.
    func replacingSuffix(_ suffix: String, by replacement: String) -> String {
        hasSuffix(suffix) ? dropLast(suffix.count) + replacement : self
    }
}
