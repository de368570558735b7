import Formats
import Inference
import Kernels

/// What a model weighs: parameters and bytes, counted from its tensors.
public struct ModelSize: Sendable, Hashable {
    /// The groups that bytes are told apart by, in display order.
    public enum Group: String, Sendable, Hashable, CaseIterable {
        case experts, attention, embeddings, other
    }

    /// One format and what lies in it.
    public struct Share: Sendable, Hashable {
        /// The spelling shown to people, such as `bf16` or `w4a16`.
        public let name: String
        /// - Units: bytes.
        public let bytes: Int
    }

    /// All parameters, biases and norms included.
    public let parameters: Int
    /// Parameters that a token is multiplied with: all but the experts it is not routed to, and but the embedding, from
    /// which it takes one row (unless that is the output too).
    public let activeParameters: Int
    /// Bytes of each group, as encoded.
    public let bytes: [Group: Int]
    /// Bytes of each format, most first, of equals the lowest ggml number first.
    public let formats: [Share]

    /// Bytes of all tensors.
    public var totalBytes: Int { Group.allCases.reduce(0) { $0 + (bytes[$1] ?? 0) } }

    /// Counts a model.
    /// - Complexity: O(roles).
    public init(_ model: Model) {
        var fixed = 0
        var expert: [Int: Int] = [:]
        var bytes: [Group: Int] = [:]
        var formats: [String: (rank: UInt32, bytes: Int)] = [:]
        for (role, matrix) in model.tensors {
            let count = matrix.rows * matrix.columns
            if role.expert != nil, let layer = role.layer { expert[layer, default: 0] += count } else { fixed += count }
            bytes[Self.group(role), default: 0] += matrix.byteCount
            formats[matrix.formatName, default: (matrix.format.id, 0)].bytes += matrix.byteCount
        }
        parameters = fixed + expert.values.reduce(0, +)
        let embedding = model.tensors[Role(.output)] == nil ? nil : model.tensors[Role(.embedding)]
        let used = fixed - (embedding.map { $0.rows * $0.columns } ?? 0)
        activeParameters = expert.reduce(used) { sum, entry in
            let layer = model.blueprint.layers[entry.key]
            let kept = model.keptExperts[entry.key]?.count ?? layer.expertCount
            return sum
                + (layer.expertCount > 0 ? entry.value / layer.expertCount * min(kept, layer.activeExpertCount) : 0)
        }
        self.bytes = bytes
        self.formats = formats.sorted { a, b in
            (b.value.bytes, a.value.rank, a.key) < (a.value.bytes, b.value.rank, b.key)
        }.map { Share(name: $0.key, bytes: $0.value.bytes) }
    }

    /// The group that a role's bytes are counted under.
    public static func group(_ role: Role) -> Group {
        switch role.part {
        case .embedding, .output: .embeddings
        case .query, .queryBias, .queryNorm, .key, .keyBias, .keyNorm, .value, .valueBias, .sinks, .attentionOutput,
            .attentionOutputBias:
            .attention
        case .gate, .gateBias, .up, .upBias, .down, .downBias: role.expert == nil ? .other : .experts
        case .attentionNorm, .feedForwardNorm, .router, .routerBias, .sharedExpertGate, .sharedGate, .sharedUp,
            .sharedDown, .rotaryDivisors, .finalNorm:
            .other
        }
    }
}
