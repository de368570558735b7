import Architectures
import Inference
import Language
import Plots
import Storage
import Tensors

/// A bound on the memory that the process takes, and the cache that keeps to it.
public final class MemoryLimit: Sendable {
    /// What the process may take in all: weights, working memory, the program itself.
    public let bytes: Int
    let cache: PageCache
    let pager: ExpertPager

    /// Keeps to a limit from now on.
    /// - Throws: `LanguageError` if the process takes too much already.
    init(bytes: Int) throws(LanguageError) {
        let (reserve, taken) = (PageCache.reserve(of: bytes), ProcessMemory.resident)
        guard bytes - reserve > taken else {
            throw LanguageError(
                code: "set.memory",
                "the process takes \(NumberText.bytes(taken)) already, and \(NumberText.bytes(reserve)) stay free for what comes",
                help: "Set a larger limit, for instance 8GiB.")
        }
        self.bytes = bytes
        cache = PageCache(limit: bytes, onFailure: { Interruption.request() })
        pager = ExpertPager(cache)
    }

    /// The bytes of a limit in spelling, such as `8GiB`; nil for what is no size.
    public static func bytes(_ text: String) -> Int? {
        let program = Parser.parse(SourceText("limit = \(text)"), vocabulary: Vocabulary([]))
        guard program.diagnostics.isEmpty, program.statements.count == 1,
            case .assignment(_, let value) = program.statements[0].kind, case .number(let literal) = value.kind
        else { return nil }
        return bytes(literal.number)
    }

    /// The bytes of a size; nil for what is none.
    static func bytes(_ number: Number) -> Int? {
        guard number.unit == .bytes, let bytes = Int(exactly: number.value.rounded(.down)), bytes > 0 else {
            return nil
        }
        return bytes
    }

    /// What was done since an earlier report, in a line; nil if nothing was run.
    func summary(since before: PageStatistics) -> String? {
        let now = cache.report
        let (tokens, uses) = (now.tokens - before.tokens, now.uses - before.uses)
        guard tokens > 0 else { return nil }
        var parts = ["memory \(NumberText.bytes(bytes))"]
        if uses > 0 {
            parts.append(
                "\(NumberText.percent(Double(now.hits - before.hits) / Double(uses), decimals: 1)) of "
                    + "\(NumberText.grouped(uses)) uses of experts' matrices found in memory, "
                    + "\(NumberText.percent(Double(now.early - before.early) / Double(uses), decimals: 1)) on their way"
            )
        }
        parts.append("read \(NumberText.bytes(now.bytesRead - before.bytesRead)) for \(tokens) tokens")
        parts.append("peak \(NumberText.bytes(ProcessMemory.peak))")
        return parts.joined(separator: " · ")
    }
}
