import Kernels

/// How an engine computes, as far as results depend on it: a recorded setting that results name.
///
/// Whatever is derived from a run is computed as the run was.
public struct Arithmetic: Sendable, Hashable {
    /// What products with weights are computed from.
    public var precision: Precision
    /// What keys and values go through before any query reads them, whether they come from a cache or not.
    public var cache: CacheRule

    public init(precision: Precision = .exact, cache: CacheRule = .f32) {
        self.precision = precision
        self.cache = cache
    }

    /// What results say of it.
    public var name: String { precision.rawValue + (cache == .f32 ? "" : " · kv \(cache)") }
}
