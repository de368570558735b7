import Formats
import Glibc
import Inference
import Kernels
import Tensors

/// How cost grows with a model's numbers: the exponent of each, from random models of doubled sizes.
struct GrowthBenchmark {
    let precision: Precision

    /// A random model of Qwen3-MoE's kind and what is run on it.
    private struct Shape: Sendable {
        var layers = 4
        var experts = 16
        var active = 4
        /// Tokens of a prompt; one for a decoding step.
        var tokens = 64
    }

    /// A number that is doubled some times, the exponent that cost should have, and shapes.
    private struct Axis: Sendable {
        let name: String
        let values: [Int]
        let shape: @Sendable (Int) -> Shape
    }

    private static let axes = [
        Axis(name: "tokens", values: [32, 64, 128, 256]) { Shape(tokens: $0) },
        Axis(name: "layers", values: [2, 4, 8, 16]) { Shape(layers: $0) },
        Axis(name: "active_experts", values: [4, 8, 16, 32]) { Shape(experts: 32, active: $0, tokens: 1) },
        Axis(name: "total_experts", values: [8, 16, 32, 64]) { Shape(experts: $0, tokens: 1) },
    ]

    func measure(runs: Int, compute: Compute) throws -> BenchReport {
        let engine = Engine(compute: compute, arithmetic: Arithmetic(precision: precision))
        var report = BenchReport()
        report.note("threads", compute.pool.threads)
        report.note("precision", precision.rawValue)
        for axis in Self.axes {
            var times: [[Double]] = []
            for value in axis.values { times.append(try Self.milliseconds(axis.shape(value), runs, engine)) }
            for (value, time) in zip(axis.values, times) { report.add("\(axis.name)_\(value)", "ms", time) }
            let medians = times.map { $0.sorted()[$0.count / 2] }
            report.note("\(axis.name)_exponent", Self.exponent(axis.values.map(Double.init), medians))
        }
        return report
    }

    /// The slope of the line of least squares through the logarithms.
    private static func exponent(_ x: [Double], _ y: [Double]) -> Double {
        let (x, y) = (x.map(log), y.map(log))
        let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        return slope / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    }

    private static func milliseconds(_ shape: Shape, _ runs: Int, _ engine: Engine) throws -> [Double] {
        let model = model(shape)
        let clock = ContinuousClock()
        let tokens = (0..<shape.tokens).map { ($0 * 101 + 7) % model.blueprint.vocabularyCount }
        let repeats = max(1, 256 / shape.tokens)
        var times: [Double] = []
        for run in 0...runs {
            let time = try clock.measure {
                for repeated in 0..<repeats {
                    let shifted = tokens.map { ($0 + repeated) % model.blueprint.vocabularyCount }
                    _ = try engine.run(model, tokens: shifted)
                }
            }
            if run > 0 { times.append(time.inSeconds * 1000 / Double(repeats)) }
        }
        return times
    }

    private static func model(_ shape: Shape) -> Model {
        let (hidden, heads, groups, head, width, vocabulary) = (512, 8, 2, 64, 512, 1024)
        let feedForward = FeedForward.experts(count: shape.experts, active: shape.active, width: width)
        let blueprint = Blueprint(
            family: "random", hiddenSize: hidden, vocabularyCount: vocabulary, contextLength: 4096, headCount: heads,
            keyValueHeadCount: groups, headDimension: head, normEpsilon: 1e-6,
            rotary: RotaryRule(theta: 10_000, scaling: .none), router: .chosenOfSoftmax(normalized: true),
            activation: .swiglu, tiedEmbeddings: true,
            layers: Array(repeating: LayerBlueprint(window: nil, feedForward: feedForward), count: shape.layers))
        var tensors: [Role: Matrix] = [:]
        func add(_ role: Role, _ rows: Int, _ columns: Int, _ format: BlockFormat = .q8_0) {
            let seed = UInt64(tensors.count)
            let sample = SampleMatrix(.rows(format), rows: min(rows, 16), columns: columns, seed: seed)
            tensors[role] = sample?.repeated(rows: rows)
        }
        add(Role(.embedding), vocabulary, hidden)
        add(Role(.finalNorm), 1, hidden, .f32)
        for layer in 0..<shape.layers {
            add(Role(.attentionNorm, layer: layer), 1, hidden, .f32)
            add(Role(.feedForwardNorm, layer: layer), 1, hidden, .f32)
            add(Role(.query, layer: layer), heads * head, hidden)
            add(Role(.key, layer: layer), groups * head, hidden)
            add(Role(.value, layer: layer), groups * head, hidden)
            add(Role(.attentionOutput, layer: layer), hidden, heads * head)
            add(Role(.router, layer: layer), shape.experts, hidden, .f32)
            for expert in 0..<shape.experts {
                add(Role(.gate, layer: layer, expert: expert), width, hidden)
                add(Role(.up, layer: layer, expert: expert), width, hidden)
                add(Role(.down, layer: layer, expert: expert), hidden, width)
            }
        }
        return Model(blueprint: blueprint, tensors: tensors)
    }
}
