import Foundation

/// The files of a small folder one after another, as one input:
///
///     name (index, 1 byte) | length (4 bytes, little-endian) | contents | name …
///
/// What cannot be followed to the end is cut off there, so that every input is some folder.
struct FolderBundle {
    static let names = [
        "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "generation_config.json",
        "chat_template.jinja",
    ]

    private(set) var files: [String: [UInt8]] = [:]

    /// The folder that an input stands for; of a name that comes twice, the last.
    init(_ input: [UInt8]) {
        var rest = input[...]
        while rest.count >= 5 {
            let head = Array(rest.prefix(5))
            let length = head[1...].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
            rest = rest.dropFirst(5)
            files[Self.names[Int(head[0]) % Self.names.count]] = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
    }

    /// The files of a folder that has some of the names.
    init(folder: String) throws {
        for name in Self.names where FileManager.default.fileExists(atPath: folder + "/" + name) {
            files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        }
    }

    /// The input that stands for the folder.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (index, name) in Self.names.enumerated() {
            guard let contents = files[name] else { continue }
            bytes.append(UInt8(index))
            withUnsafeBytes(of: UInt32(clamping: contents.count).littleEndian) { bytes += $0 }
            bytes += contents
        }
        return bytes
    }

    /// The folder with one file, sometimes two, damaged, exchanged or dropped.
    func damaged(other: FolderBundle, by mutator: inout Mutator) -> [UInt8] {
        var changed = self
        repeat {
            guard let name = mutator.random.pick(files.keys.sorted()), let contents = changed.files[name] else { break }
            let foreign = other.files[name] ?? []
            switch mutator.random.below(16) {
            case 0: changed.files[name] = nil
            case 1: changed.files[name] = foreign
            default:
                changed.files[name] = Self.damaged(contents, foreign, isTensors: name == Self.names[1], by: &mutator)
            }
        } while mutator.random.oneIn(4)
        return changed.bytes
    }

    private static func damaged(
        _ contents: [UInt8], _ foreign: [UInt8], isTensors: Bool, by mutator: inout Mutator
    ) -> [UInt8] {
        if isTensors {
            let isHead = !mutator.random.oneIn(4)
            if isHead, let moved = mutator.reheaded(contents, other: foreign) { return moved }
            return mutator.mutated(contents, other: foreign)
        }
        return mutator.random.oneIn(2)
            ? mutator.restructured(contents, other: foreign) : mutator.mutated(contents, other: foreign)
    }
}
