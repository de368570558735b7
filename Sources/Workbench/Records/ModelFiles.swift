import Foundation
import Storage

/// Digests of files: of whole ones, and of what a checkpoint's files hold beside tensors.
enum ModelFiles {
    /// The digest of all of a file's bytes; nil where it cannot be read.
    static func digest(ofFile path: String) -> String? {
        guard let file = try? MappedFile(path: path) else { return nil }
        var digest = ValueDigest()
        file.withBytes(0..<file.count) { digest.mix(bytes: $0) }
        return digest.text
    }

    /// A digest for each file of everything in it that no tensor covers, in the order of the files.
    /// - Complexity: O(bytes outside tensors).
    static func digests(of archive: Archive) -> [(name: String, digest: String)] {
        var digests = archive.files.indices.map { index in
            (name(archive.files[index].path), outsideTensors(archive, index))
        }
        for path in companions(archive) {
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            digests.append((name(path), ValueDigest.of(data)))
        }
        return digests
    }

    private static func outsideTensors(_ archive: Archive, _ index: Int) -> String {
        let file = archive.files[index]
        let ranges = archive.tensors.filter { $0.file == index }.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
        var digest = ValueDigest()
        var end = 0
        for range in ranges + [file.count..<file.count] {
            if range.lowerBound > end { file.withBytes(end..<range.lowerBound) { digest.mix(bytes: $0) } }
            end = max(end, range.upperBound)
        }
        return digest.text
    }

    /// The small files beside safetensors: the configuration and the tokenizer's.
    private static func companions(_ archive: Archive) -> [String] {
        guard let folder = archive.folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".jinja") }.sorted().map { folder + "/" + $0 }
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
