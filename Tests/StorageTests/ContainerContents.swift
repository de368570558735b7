import Documents
import Storage
import TestSupport

/// What the gguf and safetensors packages say about the files of `Tests/Fixtures/containers`.
enum ContainerContents {
    struct Tensor {
        let name: String
        let type: String
        let shape: [Int]
        let file: Int
        let offset: Int
        let bytes: [UInt8]
    }

    static let document: JSON = {
        guard let data = try? Fixtures.data("containers/contents.json"), let json = try? JSON(parsing: Array(data))
        else { return .null }
        return json
    }()

    static let ggufNames = document["gguf"]?.asObject?.keys ?? []
    static let safetensorsNames = document["safetensors"]?.asObject?.keys ?? []

    static func path(_ name: String) -> String { Fixtures.path("containers/" + name) }

    static func tensors(_ container: String, _ name: String) -> [Tensor] {
        (document[container]?[name]?["tensors"]?.asArray ?? []).map { entry in
            Tensor(
                name: entry["name"]?.asString ?? "", type: entry["type"]?.asString ?? "",
                shape: entry["shape"]?.asArray?.compactMap(\.asInteger) ?? [], file: entry["file"]?.asInteger ?? 0,
                offset: entry["offset"]?.asInteger ?? -1, bytes: bytes(hex: entry["data"]?.asString ?? ""))
        }
    }

    private static func bytes(hex: String) -> [UInt8] {
        let digits = hex.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func keys(_ name: String) -> [JSON] { document["gguf"]?[name]?["keys"]?.asArray ?? [] }
}
