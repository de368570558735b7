import Documents
import Inference
import Language
import Plots
import Tensors

/// A computed array at the prompt: logits, a site's values, a sweep's results.
public struct TensorValue: Sendable {
    public let tensor: Tensor
    /// What it is, in a few words.
    public let title: String
    /// Lines under the title: the metric and its ends, n, precision.
    public let notes: [String]
    /// What its numbers count.
    public let unit: String
    /// Names of the places on each axis, where numbers alone would not say enough; holes stay not-a-number.
    public let labels: [[String]?]
    /// Lines under the values: how many, over what, at what cost.
    public let footer: [String]
    /// What belongs to it beside its elements, by name: a sweep's raw values and the two ends.
    public let companions: [Companion]

    /// A value that is a member of an array.
    public struct Companion: Sendable {
        public let name: String
        public let docs: String
        public let value: Value

        public init(_ name: String, _ docs: String, _ value: Value) {
            self.name = name
            self.docs = docs
            self.value = value
        }
    }

    public init(
        _ tensor: Tensor, title: String, notes: [String] = [], unit: String = "", labels: [[String]?] = [],
        footer: [String] = [], companions: [Companion] = []
    ) {
        self.tensor = tensor
        self.title = title
        self.notes = notes
        self.unit = unit
        self.footer = footer
        self.companions = companions
        self.labels = labels.count == tensor.shape.count ? labels : tensor.shape.map { _ in nil }
    }

    /// The same array under a transformation of its elements.
    func mapped(_ title: String, _ transform: (Float) -> Float) -> TensorValue {
        var result = tensor
        for index in result.values.indices { result.values[index] = transform(result.values[index]) }
        return TensorValue(result, title: title, unit: unit, labels: labels)
    }

    /// `[14, 2048] position, vocabulary`.
    var shapeText: String {
        "[" + tensor.shape.map(String.init).joined(separator: ", ") + "] " + tensor.axes.joined(separator: ", ")
    }

    /// The name of a place on an axis.
    func label(_ axis: Int, _ index: Int) -> String {
        if let names = labels[axis], names.indices.contains(index) { return names[index] }
        return tensor.axes[axis] == "layer" ? "L\(index)" : String(index)
    }

    /// Smallest, largest, mean and root mean square of what is a number.
    var statistics: TensorStatistics { TensorStatistics(tensor.values) }
}

/// Smallest, largest, mean and spread of some values; what is not finite is counted apart.
public struct TensorStatistics: Sendable, Equatable {
    public private(set) var count = 0
    public private(set) var smallest = Double.infinity
    public private(set) var largest = -Double.infinity
    public private(set) var notFinite = 0
    private var sum = 0.0
    private var squares = 0.0

    public init(_ values: some Sequence<Float>) { add(values) }

    /// Takes more values in.
    public mutating func add(_ values: some Sequence<Float>) {
        for value in values {
            guard value.isFinite else {
                notFinite += 1
                continue
            }
            let value = Double(value)
            count += 1
            smallest = min(smallest, value)
            largest = max(largest, value)
            sum += value
            squares += value * value
        }
    }

    public var mean: Double { count == 0 ? .nan : sum / Double(count) }
    public var rootMeanSquare: Double { count == 0 ? .nan : (squares / Double(count)).squareRoot() }

    /// One line.
    public var text: String {
        guard count > 0 else { return notFinite > 0 ? "nothing finite among \(notFinite)" : "empty" }
        let number = { (value: Double) in NumberText.general(value, significant: 4) }
        let odd = notFinite > 0 ? " · \(notFinite) not finite" : ""
        return
            "min \(number(smallest)) · max \(number(largest)) · mean \(number(mean)) · rms \(number(rootMeanSquare))\(odd)"
    }
}
