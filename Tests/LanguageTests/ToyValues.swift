import Language

/// A model of four layers, sixteen experts and eight heads that remembers its edits.
struct ToyModel: ObjectValue {
    var edits: [String] = []

    var typeName: String { "model" }
    var description: String { "model with \(edits.count) edits" }
    var members: [Member] { ["layers", "experts", "heads"].map { Member($0) } }

    func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "layers": .object(ToySelection(model: self, path: "layers", axes: [4]))
        case "experts": .object(ToySelection(model: self, path: "experts", axes: [4, 16]))
        case "heads": .object(ToySelection(model: self, path: "heads", axes: [4, 8]))
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    func isEqual(to other: any ObjectValue) -> Bool { (other as? ToyModel)?.edits == edits }
}

/// Some parts of a model, named by the path that led there.
struct ToySelection: ObjectValue {
    let model: ToyModel
    let path: String
    let axes: [Int]

    var typeName: String { path.hasPrefix("layers") && axes.isEmpty ? "layer" : "selection" }
    var description: String { path }
    var members: [Member] {
        typeName == "layer" ? ["router", "experts", "heads"].map { Member($0) } : [Member("resid-pre")]
    }

    func member(_ name: String) throws(LanguageError) -> Value {
        guard members.contains(where: { $0.name == name }) else {
            throw .noMember(name, of: typeName, among: members.map(\.name), help: "It has 16 experts.")
        }
        let axes = name == "experts" ? [16] : name == "heads" ? [8] : self.axes
        return .object(ToySelection(model: model, path: "\(path).\(name)", axes: axes))
    }

    func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count <= axes.count else {
            throw LanguageError(.index, "\(path) has \(axes.count) axes", index: axes.count)
        }
        var left: [Int] = []
        var terms: [String] = []
        for (place, index) in indices.enumerated() {
            let places = try index.resolved(count: axes[place], of: path, at: place)
            if index.isWhole { terms.append(":") } else { terms.append(places.map(String.init).joined(separator: "+")) }
            if !index.dropsAxis { left.append(places.count) }
        }
        left += axes.dropFirst(indices.count)
        return .object(ToySelection(model: model, path: "\(path)[\(terms.joined(separator: ","))]", axes: left))
    }

    func elements() throws(LanguageError) -> [Value]? {
        guard let count = axes.first else { return nil }
        var elements: [Value] = []
        for index in 0..<count { elements.append(try subscripted([.integer(index)])) }
        return elements
    }
}

/// A row of numbers with elementwise arithmetic.
struct ToyVector: ObjectValue {
    let values: [Double]

    var typeName: String { "vector" }
    var description: String { "vector " + Value.list(values.map { .number($0) }).description }
    var members: [Member] { [Member("sum")] }

    func member(_ name: String) throws(LanguageError) -> Value {
        if name == "sum" { return .number(values.reduce(0, +)) }
        throw .noMember(name, of: typeName, among: ["sum"])
    }

    func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        if case .text(let site) = indices[0] { return .text("site \(site)") }
        let places = try indices[0].resolved(count: values.count, of: "the vector")
        if indices[0].dropsAxis { return .number(values[places[0]]) }
        return .object(ToyVector(values: places.map { values[$0] }))
    }

    func applying(_ operation: Operator, _ other: Value, isReversed: Bool) throws(LanguageError) -> Value? {
        let row: [Double]
        switch other {
        case .number(let number): row = values.map { _ in number.value }
        case .object(let object as ToyVector) where object.values.count == values.count: row = object.values
        default: return nil
        }
        let pairs = zip(isReversed ? row : values, isReversed ? values : row)
        switch operation {
        case .plus: return .object(ToyVector(values: pairs.map { $0 + $1 }))
        case .minus: return .object(ToyVector(values: pairs.map { $0 - $1 }))
        case .times: return .object(ToyVector(values: pairs.map { $0 * $1 }))
        default: return nil
        }
    }

    func negated() throws(LanguageError) -> Value? { .object(ToyVector(values: values.map { -$0 })) }

    func applying(function: String, _ rest: [Value]) throws(LanguageError) -> Value? {
        switch function {
        case "mean": .number(values.reduce(0, +) / Double(values.count))
        case "abs": .object(ToyVector(values: values.map(abs)))
        case "len": .number(values.count)
        default: nil
        }
    }
}
