import Architectures
import Inference
import Kernels
import Language
import Plots
import Scoring

/// `memory MODEL context N kv TYPE`: what running it takes.
enum MemoryCommand: Command {
    static let signature = Signature(
        "memory", "tells what running a model takes, and what that fits in",
        docs: """
            Weights by role and type, the cache of keys and values of a sequence (sliding windows hold no more than \
            themselves), the rows that a pass works on, and the program. Where a limit is too small for all of it, the \
            share of experts is told that it would keep beside the rest.

            `trace` takes a routing trace and tells what caches of experts would answer of its requests, by size: lru \
            throws out the least recently used, lfu the least often used so far, pinned keeps the most used of the very \
            trace. The first two begin empty.
            """,
        category: Shelf.models, parameters: [Parameter("model", .any, "the model")],
        labels: [
            Label(
                "context", Parameter("positions", .integer),
                docs: "the sequence's length; what the model was made for "
                    + "unless given"),
            CacheChoice.label,
            Label("trace", Parameter("routes"), docs: "a routing trace, as `trace` gives it"),
        ],
        result: "bytes, and hits as shares of requests, higher is better",
        examples: [
            """
            m = open "examples/models/teach-gptoss-bf16.gguf"
            memory m context 8192 kv q8_0
            held = corpus "examples/models/heldout.txt"
            routes = trace m over held[0:2]
            weighed = memory m kv full q8_0 windowed f16 trace routes
            weighed.hit-rates
            """
        ])

    /// The program, when it has opened a small model: 27.3 MiB were measured.
    private static let programBytes = 28 << 20
    /// A tokenizer's tables and the file's own, for each token: 58 MiB were measured for 201,088 tokens and twice as many
    /// merges.
    private static let bytesPerToken = 300
    /// Rows that are kept for the next pass beside those at work: from a fifth to a third were measured, and at most so many.
    private static let mostSpareBytes = 128 << 20

    static func run(_ call: Invocation, in session: Session) throws -> Outcome {
        let owner = try call.model()
        let model = owner.model
        let context = try call["context"]?.asInteger(in: 1...(1 << 40)) ?? model.blueprint.contextLength
        let arithmetic = try call.arithmetic(in: session)
        let bytes = KeyValueCache.byteCounts(model.blueprint, arithmetic.cache, positions: context)
        let activations = Engine.activationBytes(model.blueprint, arithmetic.cache, positions: context)
        let routes = try call["trace"]?.asObject(RoutesValue.self, "routing trace")
        let sizes = ExpertSizes(model)
        let isTied = model.tensors[Role(.output)] == nil
        return Outcome(
            .object(
                FootprintValue(
                    model: owner.title, weights: weights(model), context: context, arithmetic: arithmetic,
                    layers: kinds(model.blueprint, bytes), activations: activations,
                    overhead: programBytes + bytesPerToken * model.blueprint.vocabularyCount
                        + min(mostSpareBytes, activations / 3),
                    expertBytes: largestExpert(model, sizes),
                    pagedEmbedding: isTied ? 0 : model.tensors[Role(.embedding)]?.byteCount ?? 0,
                    hitRates: try routes.map { try hitRates($0, model, sizes, session) } ?? [],
                    trace: routes.map { "\(NumberText.grouped($0.routes.tokenCount)) tokens of \($0.routes.corpus)" })))
    }

    /// Bytes by group and format, in the groups' order and most first.
    private static func weights(_ model: Model) -> [FootprintValue.Weights] {
        var sums: [ModelSize.Group: [String: Int]] = [:]
        for (role, matrix) in model.tensors {
            sums[ModelSize.group(role), default: [:]][matrix.formatName, default: 0] += matrix.byteCount
        }
        return ModelSize.Group.allCases.flatMap { group in
            (sums[group] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { FootprintValue.Weights(role: group.rawValue, format: $0.key, bytes: $0.value) }
        }
    }

    /// Layers with the same window together, full ones first.
    private static func kinds(_ blueprint: Blueprint, _ bytes: [Int]) -> [FootprintValue.LayerKind] {
        let windows = Set(blueprint.layers.map(\.window)).sorted { ($0 ?? 0) < ($1 ?? 0) }
        return windows.map { window in
            let own = blueprint.layers.indices.filter { blueprint.layers[$0].window == window }
            return FootprintValue.LayerKind(count: own.count, window: window, bytes: own.reduce(0) { $0 + bytes[$1] })
        }
    }

    private static func largestExpert(_ model: Model, _ sizes: ExpertSizes) -> Int {
        model.blueprint.layers.enumerated().reduce(0) { most, layer in
            (0..<layer.element.expertCount).reduce(most) { max($0, sizes.bytes(layer: layer.offset, expert: $1)) }
        }
    }

    /// Hits at every tenth of all experts.
    private static func hitRates(
        _ value: RoutesValue, _ model: Model, _ sizes: ExpertSizes, _ session: Session
    ) throws -> [FootprintValue.HitRate] {
        let requests = try ExpertRequests(value.routes, sizes: sizes, model: model)
        let all = requests.sizes.reduce(0, +)
        return try (1...10).map { tenth in
            session.output.progress(Progress(task: "memory", done: tenth - 1, total: 10, unit: "cache sizes"))
            let capacity = all / 10 * tenth + (tenth == 10 ? all % 10 : 0)
            let rates = try CachePolicy.allCases.map { policy in
                Double(try requests.hits(policy, capacity: capacity)) / Double(max(1, requests.count))
            }
            return FootprintValue.HitRate(bytes: capacity, lru: rates[0], lfu: rates[1], pinned: rates[2])
        }
    }
}
