import Documents
import Storage

extension Hyperparameters {
    /// The keys of GGUF metadata that begin with an architecture's name.
    init(metadata: Metadata, architecture: String, file: String, embeddingRows: Int?) {
        let prefix = architecture + "."
        var values = JSONObject()
        for entry in metadata where entry.key.hasPrefix(prefix) {
            values.append(String(entry.key.dropFirst(prefix.count)), JSON(entry.value))
        }
        self.init(file: file, prefix: prefix, values: values, embeddingRows: embeddingRows)
    }
}

extension JSON {
    /// A metadata value as JSON: integers stay exact, and float32 values become the doubles that they are.
    init(_ value: MetadataValue) {
        if let text = value.text {
            self = .string(text)
        } else if let truth = value.boolean {
            self = .boolean(truth)
        } else if let array = value.array {
            self = .array(array.jsonElements)
        } else if case .uint64(let large) = value {
            self = .number(JSONNumber(large))
        } else if let integer = value.integer {
            self = .number(JSONNumber(integer))
        } else {
            self = value.float.map { .number(JSONNumber($0)) } ?? .string("bytes that are not UTF-8")
        }
    }
}

extension MetadataArray {
    fileprivate var jsonElements: [JSON] {
        if let strings = strings() { return strings.map { .string($0) } }
        return (0..<count).compactMap { self[$0].map { JSON($0) } }
    }
}
