import Foundation

/// The root of the checkout, found from where this source file lies.
public enum RepositoryRoot {
    /// The folder that holds `Package.swift`.
    public static let url: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The path of a file or folder below the root.
    public static func path(_ relative: String) -> String {
        url.appendingPathComponent(relative).path
    }
}

/// Files made by other programs (`Scripts/make-*.py`) that tests hold Lancet against.
public enum Fixtures {
    /// A file or folder below `Tests/Fixtures`, such as `oracles/gptoss-plain/golden.safetensors`.
    public static func url(_ relative: String) -> URL {
        RepositoryRoot.url.appendingPathComponent("Tests/Fixtures").appendingPathComponent(relative)
    }

    /// The path of a file or folder below `Tests/Fixtures`.
    public static func path(_ relative: String) -> String {
        url(relative).path
    }

    /// The bytes of a file below `Tests/Fixtures`.
    ///
    /// - Throws: Foundation's error when the file is missing; run the script in `Scripts` that makes it.
    public static func data(_ relative: String) throws -> Data {
        try Data(contentsOf: url(relative))
    }

    /// The names of the folders below a folder of `Tests/Fixtures`, sorted.
    public static func folders(in relative: String) -> [String] {
        let parent = url(relative)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            let path = parent.appendingPathComponent(name).path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
        }.sorted()
    }

    /// The tiny random models with golden logits and sites (`meta.json` says what each exercises), sorted by name.
    public static let oracleNames: [String] = folders(in: "oracles").filter { !$0.hasPrefix("teach-") }

    /// The path of a file of `examples/models`, such as `teach-gptoss-bf16.gguf`.
    public static func teachingModelPath(_ name: String) -> String {
        RepositoryRoot.path("examples/models/" + name)
    }
}
