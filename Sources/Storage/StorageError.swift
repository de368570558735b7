import Tensors

/// Why a file could not be opened, read or written, where in it, and what to do.
public struct StorageError: Explained, Hashable {
    /// The kinds of trouble; `code` prefixes them with `storage.`.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// There is no such file or folder.
        case notFound
        /// The system refused to open, map or read it.
        case unreadable
        /// It is neither GGUF nor safetensors nor a folder that holds a checkpoint.
        case unknownContainer
        /// A GGUF version that is not 2 or 3, or a big-endian file.
        case unsupportedVersion
        /// It ends before what it announces.
        case truncated
        /// A count, a length, a name or a value that the format forbids.
        case malformed
        /// A key or a tensor name stands twice.
        case duplicate
        /// A tensor or value type without meaning.
        case unknownType
        /// Tensor data that overlap, leave gaps or point outside.
        case layout
        /// A folder without `config.json`.
        case noConfiguration
        /// A file of a split checkpoint is missing, or belongs to another one.
        case shard
        /// The container cannot hold what is to be written.
        case inexpressible
        /// A file was cut short or written over while it was open.
        case changed
        /// The target is a file that is open right now.
        case inUse
        /// The target is there, and is not Lancet's to replace.
        case exists
        /// The disk has no room for what is to be written.
        case noSpace
        /// The limit leaves no room for what must be in memory at a time.
        case noMemory
        /// The system refused a write.
        case unwritable
    }

    /// What kind of trouble it is.
    public let kind: Kind
    /// The file or folder, as it was named.
    public let file: String
    /// The byte at which it was seen, from 0.
    public let offset: Int?
    /// The tensor or key concerned.
    public let item: String?
    /// What is wrong.
    public let message: String
    /// What to do about it.
    public let remedy: String?

    public init(
        _ kind: Kind, file: String, offset: Int? = nil, item: String? = nil, _ message: String, remedy: String? = nil
    ) {
        self.kind = kind
        self.file = file
        self.offset = offset
        self.item = item
        self.message = message
        self.remedy = remedy
    }

    /// A short stable identifier, such as `storage.truncated`.
    public var code: String { "storage." + kind.rawValue }

    /// File, byte offset, and tensor or key, as far as they are known.
    public var subject: String {
        [file, offset.map { "byte \($0)" }, item].compactMap(\.self).joined(separator: ", ")
    }
}
