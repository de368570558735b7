import Inference
import Kernels

/// A way of telling how important an expert is.
public struct Criterion: Sendable {
    /// One token that an expert was chosen for.
    public struct RoutedToken: Sendable {
        /// Its routing weight.
        public let weight: Double
        /// The length of the expert's output, before the weight.
        public let outputNorm: Double
    }

    /// How tokens' contributions become a score.
    public enum Reduction: Sendable {
        case sum
        /// Over the tokens that chose the expert; 0 if none did.
        case mean
    }

    public enum Method: Sendable {
        /// From the weights alone: a layer's scores.
        case weights(@Sendable (Model, _ layer: Int, Compute) -> [Double])
        /// From what the chosen experts of each token put out.
        case routed(Reduction, @Sendable (RoutedToken) -> Double)
        /// From the loss over a corpus without the expert.
        case ablation
    }

    /// Its name in the language, such as `reap`.
    public let name: String
    /// What it says of an expert, in one line.
    public let summary: String
    public let unit: String
    public let direction: Direction
    /// The sites it reads.
    public let sites: [SiteKind]
    /// Where it comes from.
    public let source: String
    public let method: Method

    public init(
        name: String, summary: String, unit: String, direction: Direction = .higher, sites: [SiteKind], source: String,
        method: Method
    ) {
        self.name = name
        self.summary = summary
        self.unit = unit
        self.direction = direction
        self.sites = sites
        self.source = source
        self.method = method
    }

    /// Whether it is measured over a corpus.
    public var needsCorpus: Bool { if case .weights = method { false } else { true } }

    /// Whether it reads the experts' outputs.
    var readsOutputs: Bool { sites.contains(.expertOut) }
}
