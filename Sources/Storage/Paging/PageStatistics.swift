/// What a cache of pages has done, and holds.
public struct PageStatistics: Sendable, Hashable {
    /// Uses of experts' matrices: one a layer and pass for each that some token of the pass went to, or as many as there are
    /// of an expert where they lie together.
    public var uses = 0
    /// Uses that found the matrix in memory.
    public var hits = 0
    /// Uses that found it on its way, because it was read ahead.
    public var early = 0
    /// Uses that had to begin to read.
    public var misses: Int { uses - hits - early }
    /// Experts foreseen from the layer before, and how many of them were then used.
    public var foreseen = 0
    public var foreseenUsed = 0
    /// Bytes read from files.
    public var bytesRead = 0
    /// Seconds in which there was something to read, and those in which computing waited for it.
    public var readingSeconds = 0.0
    public var waitingSeconds = 0.0
    /// Tokens that passes went over.
    public var tokens = 0
    /// Bytes of memory that it holds, those of them that stay, and bytes of files that lie in it.
    public var held = 0
    public var filled = 0
    public var kept = 0
    /// Experts in memory, and experts in all of the checkpoints that it serves.
    public var experts = 0
    public var expertsInAll = 0

    public init() {}
}
