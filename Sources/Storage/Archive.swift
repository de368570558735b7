import Documents

/// An opened checkpoint: what its files say, checked, with tensor data mapped and untouched.
public struct Archive: Sendable {
    /// The kinds of container.
    public enum Container: Hashable, Sendable {
        /// One GGUF file, or the shards of one.
        case gguf(version: UInt32)
        /// A safetensors file, or a Hugging Face folder.
        case safetensors
    }

    /// The file or folder, as it was named.
    public let path: String
    public let container: Container
    /// The files that hold tensors, in shard order.
    public let files: [MappedFile]
    /// GGUF metadata without the keys that only number shards; empty for safetensors.
    public let metadata: Metadata
    /// The text pairs of a safetensors header's `__metadata__`, in file order; empty for GGUF.
    public let headerTexts: [(key: String, value: String)]
    /// The contents of `config.json`; nil for GGUF, and for a single safetensors file without one beside it.
    public let configuration: JSON?
    /// Where `config.json` and the tokenizer's files lie; nil for GGUF.
    public let folder: String?
    /// Where tensors begin in a GGUF data section.
    public let alignment: Int
    /// Every tensor, in file order.
    public let tensors: [TensorEntry]
    private let positions: [NameBytes: Int]

    init(
        path: String, container: Container, files: [MappedFile], metadata: Metadata = Metadata(),
        headerTexts: [(key: String, value: String)] = [], configuration: JSON? = nil, folder: String? = nil,
        alignment: Int = GGUFLimits.defaultAlignment, tensors: [TensorEntry]
    ) throws(StorageError) {
        self.path = path
        self.container = container
        self.files = files
        self.metadata = metadata
        self.headerTexts = headerTexts
        self.configuration = configuration
        self.folder = folder
        self.alignment = alignment
        self.tensors = tensors
        var positions = [NameBytes: Int](minimumCapacity: tensors.count)
        for (index, tensor) in tensors.enumerated() {
            if let first = positions.updateValue(index, forKey: NameBytes(tensor.name)) {
                throw StorageError(
                    .duplicate, file: files[tensor.file].path, item: tensor.name,
                    "the tensor also stands in \(files[tensors[first].file].path)",
                    remedy: "the shards do not belong together: download them again")
            }
        }
        self.positions = positions
    }

    /// The tensor of that name.
    /// - Complexity: O(length of the name).
    public subscript(name: String) -> TensorEntry? { positions[NameBytes(name)].map { tensors[$0] } }

    /// Bytes of all tensors.
    public var tensorBytes: Int { tensors.reduce(0) { $0 + $1.byteCount } }

    /// Bytes of all files that hold tensors.
    public var fileBytes: Int { files.reduce(0) { $0 + $1.count } }
}
