import Inference

extension QuantizationPlan {
    /// What should be known of the plan: formats that stand in for others, second roundings, growth for nothing.
    public var notes: [String] {
        substitutions + stays + again + growth
    }

    private var substitutions: [String] {
        var counts: [[WeightFormat]: Int] = [:]
        for entry in entries { if let wanted = entry.wanted { counts[[wanted, entry.to], default: 0] += 1 } }
        return counts.map { pair, count in
            "\(count) tensors get \(pair[1].name) instead of \(pair[0].name), whose blocks their rows do not fill"
        }.sorted()
    }

    private var stays: [String] {
        unfit.isEmpty ? [] : ["\(unfit.count) tensors stay as they are: their rows do not fit \(title)"]
    }

    private var again: [String] {
        let count = entries.filter { $0.from.isQuantized && $0.to.isQuantized }.count
        return count == 0 ? [] : ["\(count) tensors were quantized before and carry both roundings"]
    }

    private var growth: [String] {
        let grown = entries.filter { $0.from.isQuantized && $0.bytesAfter > $0.bytesBefore }
        guard !grown.isEmpty else { return [] }
        let names = Set(grown.map { "\($0.from.name) to \($0.to.name)" }).sorted().joined(separator: ", ")
        return ["\(grown.count) tensors grow (\(names)) and win nothing: what the first rounding took stays lost"]
    }
}

extension Role {
    /// In words, such as `down of layer 2, expert 7`.
    var name: String {
        "\(part)" + (layer.map { " of layer \($0)" } ?? "") + (expert.map { ", expert \($0)" } ?? "")
    }
}
