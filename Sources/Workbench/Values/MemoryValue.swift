import Documents
import Language
import Plots
import Storage

/// A session's memory limit and what came of it; its digest is the limit's alone, as nothing else is the same twice.
struct MemoryValue: SessionValue {
    let limit: Int
    let statistics: PageStatistics
    /// The most memory the process has taken.
    let peak: Int
    /// Bytes of weights that the session made, which are not paged.
    let unpaged: Int

    var typeName: String { "memory" }

    var members: [Member] {
        [
            Member("limit", "bytes that the process may take"), Member("kept", "bytes of weights that stay"),
            Member("hits", "uses of experts' matrices that found them in memory"),
            Member("misses", "uses of experts' matrices that had to be read from disk"),
            Member("read", "bytes read from files"), Member("peak", "the most bytes the process has taken"),
            Member("unpaged", "bytes of weights that the session made, which are not paged until saved and opened"),
        ]
    }

    func member(_ name: String) throws(LanguageError) -> Value {
        switch name {
        case "limit": return .number(Double(limit), .bytes)
        case "kept": return .number(Double(statistics.kept), .bytes)
        case "hits": return .number(statistics.hits)
        case "misses": return .number(statistics.misses)
        case "read": return .number(Double(statistics.bytesRead), .bytes)
        case "peak": return .number(Double(peak), .bytes)
        case "unpaged": return .number(Double(unpaged), .bytes)
        default: throw .noMember(name, of: typeName, among: members.map(\.name))
        }
    }

    func text(_ options: TextOptions) -> String {
        let statistics = statistics
        var lines = ["limit \(NumberText.bytes(limit)) · peak \(NumberText.bytes(peak))"]
        if unpaged > 0 {
            lines.append(
                "not paged: \(NumberText.bytes(unpaged)) of weights that this session made; save the model and open "
                    + "that to page them")
        }
        guard statistics.expertsInAll > 0 else {
            lines[0] += " · no model has run yet"
            return lines.joined(separator: "\n")
        }
        lines.append(
            "weights held: \(NumberText.bytes(statistics.held)), of them \(NumberText.bytes(statistics.kept)) kept; "
                + "\(NumberText.grouped(statistics.experts)) of \(NumberText.grouped(statistics.expertsInAll)) experts")
        lines.append(
            "uses of experts' matrices: \(NumberText.grouped(statistics.uses)) · found \(NumberText.grouped(statistics.hits)) · "
                + "on their way \(NumberText.grouped(statistics.early)) · missing \(NumberText.grouped(statistics.misses))"
        )
        lines.append(
            "foreseen by the layer before: \(NumberText.grouped(statistics.foreseen)), "
                + "\(NumberText.grouped(statistics.foreseenUsed)) rightly")
        lines.append(
            "read: \(NumberText.bytes(statistics.bytesRead)) for \(NumberText.grouped(statistics.tokens)) tokens")
        return lines.joined(separator: "\n")
    }

    var json: JSON {
        .fields([
            ("limit", .whole(limit)), ("peak", .whole(peak)), ("held", .whole(statistics.held)),
            ("kept", .whole(statistics.kept)), ("experts", .whole(statistics.experts)),
            ("expertsInAll", .whole(statistics.expertsInAll)), ("uses", .whole(statistics.uses)),
            ("hits", .whole(statistics.hits)), ("early", .whole(statistics.early)),
            ("misses", .whole(statistics.misses)), ("foreseen", .whole(statistics.foreseen)),
            ("foreseenUsed", .whole(statistics.foreseenUsed)), ("bytesRead", .whole(statistics.bytesRead)),
            ("tokens", .whole(statistics.tokens)), ("unpaged", .whole(unpaged)),
        ])
    }

    func absorb(into digest: inout ValueDigest) { digest.mix(limit) }
}
