import Documents

/// What was measured: figures, each with the values of all its runs, and facts that go with them.
struct BenchReport {
    /// One quantity measured several times.
    struct Figure {
        let name: String
        let unit: String
        /// In the order of the runs.
        let values: [Double]

        /// The middle value, of an even number the upper of the two.
        var median: Double { values.sorted()[values.count / 2] }
    }

    var figures: [Figure] = []
    var facts: [(name: String, value: JSON)] = []

    mutating func add(_ name: String, _ unit: String, _ values: [Double]) {
        figures.append(Figure(name: name, unit: unit, values: values))
    }

    mutating func note(_ name: String, _ number: Double) { facts.append((name, .number(JSONNumber(number)))) }

    mutating func note(_ name: String, _ number: Int) { facts.append((name, .number(JSONNumber(number)))) }

    mutating func note(_ name: String, _ text: String) { facts.append((name, .string(text))) }

    /// One object: each fact under its name, each figure's median under its own and the runs beside it.
    var json: JSON {
        var object = JSONObject()
        for fact in facts { object[fact.name] = fact.value }
        for figure in figures {
            object[figure.name] = .number(JSONNumber(figure.median))
            object[figure.name + "_runs"] = .array(figure.values.map { .number(JSONNumber($0)) })
        }
        return .object(object)
    }

    /// A line a figure, median first.
    var text: String {
        let lines = figures.map { figure in
            let extremes = [figure.values.min(), figure.values.max()].map { Self.rounded($0 ?? 0) }
            return "\(figure.name): \(Self.rounded(figure.median)) \(figure.unit)"
                + " (\(extremes.joined(separator: "…")), \(figure.values.count) runs)"
        }
        return (facts.map { "\($0.name): \($0.value.printed())" } + lines).joined(separator: "\n")
    }

    /// Three decimals.
    private static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

extension Duration {
    /// - Units: seconds.
    var inSeconds: Double { self / .seconds(1) }
}
