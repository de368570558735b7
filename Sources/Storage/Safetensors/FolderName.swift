import Documents
import Foundation

/// A folder, and what it holds by name.
struct FolderName {
    let path: String

    init(path: String) { self.path = path }

    /// The folder that a file lies in.
    init(containing file: String) {
        guard let slash = file.lastIndex(of: "/") else {
            path = "."
            return
        }
        path = slash == file.startIndex ? "/" : String(file[..<slash])
    }

    func appending(_ name: String) -> String { path.hasSuffix("/") ? path + name : path + "/" + name }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: appending(name)) }

    /// Names in the folder that end in a suffix, sorted.
    func names(endingIn suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted()
    }

    /// A JSON file of the folder.
    func json(_ name: String) throws(StorageError) -> JSON {
        let file = try MappedFile(path: appending(name))
        let parsed: Result<JSON, JSONError> = file.withBytes(0..<file.count) { bytes in
            Result { () throws(JSONError) in try JSON(parsing: bytes) }
        }
        switch parsed {
        case .success(let value): return value
        case .failure(let error):
            throw StorageError(
                .malformed, file: file.path, offset: error.offset, "it is not valid JSON: \(error.message)",
                remedy: error.remedy)
        }
    }
}
