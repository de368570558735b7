import Inference
import Tensors

/// Site values of one run, each computed once.
final class SourceValues {
    let run: Run
    private var values: [Site: Tensor] = [:]
    private var silent: Set<Site> = []

    init(_ run: Run) { self.run = run }

    /// A target's share of its site's value; nil if the site's expert was chosen at no position.
    /// - Throws: what computing the site throws.
    func slice(_ target: Target) throws -> Tensor? {
        if silent.contains(target.site) { return nil }
        if let value = values[target.site] { return target.slice(value) }
        do {
            let value = try run.value(of: target.site)
            values[target.site] = value
            return target.slice(value)
        } catch let error as InferenceError where error.code == "site.silent" {
            silent.insert(target.site)
            return nil
        }
    }
}
