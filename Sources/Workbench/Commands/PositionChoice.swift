import Inference
import Language
import Surgery

/// Where an edit acts: what follows `at`.
enum PositionChoice {
    case everywhere
    /// At one position after another.
    case each
    /// At these; negative ones count from the end.
    case some([Int])

    static let label = Label(
        "at",
        Parameter("positions", .any, "a position, a list or a range; negative ones count from the end", each: .alone),
        docs: "where, instead of everywhere; `each` sweeps")

    init(_ call: Invocation) throws {
        guard let argument = call["at"] else {
            self = .everywhere
            return
        }
        guard !argument.isEach else {
            self = .each
            return
        }
        let positions = try argument.asIntegers()
        guard !positions.isEmpty else {
            throw LanguageError(
                .index, "there is no position here", help: "Leave out `at` for everywhere.", span: argument.span)
        }
        self = .some(positions)
    }

    var isEach: Bool { if case .each = self { true } else { false } }

    /// The positions that are named; nil for everywhere.
    var positions: [Int]? { if case .some(let positions) = self { positions } else { nil } }

    /// A grid of edits at these positions of sequences of some lengths.
    /// - Throws: `LanguageError` for `each` over sequences of different lengths.
    func applied(to grid: SweepGrid, lengths: [Int]) throws(LanguageError) -> SweepGrid {
        switch self {
        case .everywhere: return grid
        case .some(let positions): return grid.at(positions)
        case .each:
            guard let length = lengths.first, lengths.allSatisfy({ $0 == length }) else {
                throw LanguageError(
                    code: "sweep.lengths", "the sequences differ in length, so they share no positions to sweep over",
                    help: "Sweep over one run, or name positions: `at -1` is the last of each.")
            }
            return grid.each(at: Array(0..<length))
        }
    }
}
