import FuzzSupport

/// What the command line asks for.
struct FuzzRequest {
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        lancet-fuzz [--seed N] [--seconds N] [--inputs N] [--only TARGET] [--keep FOLDER] [FILE …]
          Gives damaged files to every reader until time or inputs run out (10 seconds unless said). With files named
          TARGET/…, gives each to its reader once. --keep stores one input for each outcome. A failing input is left in
          fuzz-failure-TARGET. Targets: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))
        """

    var seed: UInt64 = 1
    var seconds = 10.0
    var inputs = Int.max
    var targets = FuzzTarget.allCases
    var keep: String?
    var files: [String] = []

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                files.append(word)
                continue
            }
            guard word != "--help", let value = rest.popFirst() else { throw Mistake(description: Self.usage) }
            switch word {
            case "--seed": seed = try Self.number(value)
            case "--seconds": seconds = Double(try Self.number(value) as Int)
            case "--inputs":
                inputs = try Self.number(value)
                if !arguments.contains("--seconds") { seconds = .infinity }
            case "--only":
                guard let target = FuzzTarget(rawValue: value) else { throw Mistake(description: Self.usage) }
                targets = [target]
            case "--keep": keep = value
            default: throw Mistake(description: Self.usage)
            }
        }
    }

    private static func number<Number: FixedWidthInteger>(_ text: String) throws -> Number {
        guard let number = Number(text) else { throw Mistake(description: "'\(text)' is no number\n" + usage) }
        return number
    }
}
