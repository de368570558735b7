/// How an engine computes, as far as results depend on it: a recorded setting that results name.
///
/// Whatever is derived from a run is computed as the run was.
public struct Arithmetic: Sendable, Hashable {
    /// What keys and values go through before any query reads them, whether they come from a cache or not.
    public var cache: CacheRule

    public init(cache: CacheRule = .f32) { self.cache = cache }

    /// What results say of it.
    public var name: String { "exact" + (cache == .f32 ? "" : " · kv \(cache)") }
}
