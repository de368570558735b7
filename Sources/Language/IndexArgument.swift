/// One term between index brackets, evaluated.
public enum IndexArgument: Sendable {
    /// One place; the axis goes.
    case integer(Int)
    /// `lower:upper:step`; the axis stays.
    case slice(Int?, Int?, Int?)
    /// Several places, in order.
    case list([Int])
    /// Those places where the mask is true.
    case mask([Bool])
    /// A name.
    case text(String)
    /// A value of the host's.
    case object(any ObjectValue)

    /// Whether the term takes the whole axis: `:`.
    public var isWhole: Bool {
        if case .slice(nil, nil, nil) = self { return true }
        return false
    }

    /// Whether the axis goes: one place only.
    public var dropsAxis: Bool {
        if case .integer = self { return true }
        return false
    }

    /// The places on an axis of `count`, negative ones counted from the end, slices clamped, as in NumPy.
    /// - Throws: E012 for a place outside the axis, a step of zero, a mask of another length, or a name.
    public func resolved(count: Int, of what: String, at place: Int = 0) throws(LanguageError) -> [Int] {
        switch self {
        case .integer(let index): return [try IndexArgument.place(index, count, what, place)]
        case .list(let indices):
            var places: [Int] = []
            for index in indices { places.append(try IndexArgument.place(index, count, what, place)) }
            return places
        case .mask(let mask):
            guard mask.count == count else {
                throw LanguageError(
                    .index, "a mask of \(mask.count) cannot select from \(count)", index: place)
            }
            return mask.indices.filter { mask[$0] }
        case .slice(let lower, let upper, let step):
            let step = step ?? 1
            guard step != 0 else { throw LanguageError(.index, "a slice cannot step by zero", index: place) }
            return IndexArgument.places(lower, upper, step, count)
        case .text, .object:
            throw LanguageError(.index, "\(what) takes whole numbers and slices as indices", index: place)
        }
    }

    private static func place(_ index: Int, _ count: Int, _ what: String, _ place: Int) throws(LanguageError) -> Int {
        let absolute = index < 0 ? index + count : index
        guard absolute >= 0, absolute < count else {
            throw .outOfRange(index, count: count, of: what, at: place)
        }
        return absolute
    }

    private static func places(_ lower: Int?, _ upper: Int?, _ step: Int, _ count: Int) -> [Int] {
        let first = step > 0 ? 0 : -1
        let last = step > 0 ? count : count - 1
        func clamped(_ bound: Int) -> Int { min(max(bound < 0 ? bound + count : bound, first), last) }
        let start = lower.map(clamped) ?? (step > 0 ? 0 : count - 1)
        let end = upper.map(clamped) ?? (step > 0 ? count : -1)
        return Array(stride(from: start, to: end, by: step))
    }
}

extension Value {
    /// The value as an index term.
    func asIndex(at place: Int) throws(LanguageError) -> IndexArgument {
        switch self {
        case .number(let number):
            if number.unit == .none, let integer = number.integer { return .integer(integer) }
            throw LanguageError(.index, "\(number.description) is no whole number", index: place)
        case .range(let range): return .slice(range.lower, range.upper, nil)
        case .text(let text): return .text(text)
        case .object(let object): return .object(object)
        case .list(let values): return try Value.asIndices(values, at: place)
        case .nothing, .boolean, .function:
            throw LanguageError(.index, "\(kindName) cannot be an index", index: place)
        }
    }

    private static func asIndices(_ values: [Value], at place: Int) throws(LanguageError) -> IndexArgument {
        var mask: [Bool] = []
        var indices: [Int] = []
        for value in values {
            switch value {
            case .boolean(let flag): mask.append(flag)
            case .number(let number):
                guard number.unit == .none, let integer = number.integer else { fallthrough }
                indices.append(integer)
            default: throw LanguageError(.index, "\(value.literalDescription) is no whole number", index: place)
            }
        }
        if mask.isEmpty { return .list(indices) }
        guard indices.isEmpty else {
            throw LanguageError(.index, "a list of indices holds numbers or true and false, not both", index: place)
        }
        return .mask(mask)
    }
}
