import Architectures
import Documents
import Formats
import Foundation
import Storage
import Tensors
import TestSupport
import Tokenizers

/// The readers, and the files in memory that some of them open by path.
public final class FuzzReaders {
    private let folder: String
    // Made when it is first needed: whoever forks in between has it to itself.
    private lazy var user = CheckpointUser(scratch: folder)
    private let chatter: any Tokenizer

    /// Lays sound files out under a folder of its own in memory.
    public init() throws {
        let vocabulary = Array(try Fixtures.data("tokenizers/small-gpt-4o.json"))
        chatter = try TokenizerDefinition(tokenizerJSON: JSON(parsing: vocabulary)).makeTokenizer()
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        folder = parent + "/lancet-fuzz-\(getpid())-\(UUID().uuidString.prefix(8))"
        for name in ["configuration", "index", "folder"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        try link("oracles/gptoss-mxfp4/model.safetensors", "configuration/model.safetensors")
        try link("oracles/gptoss-sharded/config.json", "index/config.json")
        for shard in 1...3 {
            let name = "model-0000\(shard)-of-00003.safetensors"
            try link("oracles/gptoss-sharded/" + name, "index/" + name)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func link(_ fixture: String, _ name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/" + name, withDestinationPath: Fixtures.path(fixture))
    }

    /// Gives an input to a reader.
    /// - Returns: what came of it, in words that inputs which fail alike share.
    public func outcome(of input: [UInt8], _ target: FuzzTarget) -> String {
        do {
            return try "accepted " + read(input, target)
        } catch let error as JSONError {
            return "json." + error.code.rawValue
        } catch {
            let failure = error as? any Explained
            return Self.shape(failure.map { $0.code + " " + $0.message } ?? "\(error)")
        }
    }

    private func read(_ input: [UInt8], _ target: FuzzTarget) throws -> String {
        switch target {
        case .gguf: try readGGUF(input)
        case .checkpoint: try readCheckpoint(input)
        case .safetensors:
            try check(SafetensorsReader.read(MemorySource(input), name: "fuzz").tensors, bytes: input.count)
        case .index: try open(input, "index/model.safetensors.index.json", "index")
        case .configuration: try open(input, "configuration/config.json", "configuration")
        case .imatrix: try readImportance(input)
        case .tokenizer: try readTokenizer(input)
        case .folder: try readFolder(input)
        case .chat: try ChatBundle(input).use(chatter)
        }
    }

    private func readGGUF(_ input: [UInt8]) throws -> String {
        let file = try GGUFReader.read(MemorySource(input), name: "fuzz")
        for entry in file.metadata {
            guard let array = entry.value.array, array.strings() == nil else { continue }
            for index in 0..<min(array.count, 64) { _ = array[index] }
        }
        return try check(file.tensors, bytes: input.count)
    }

    private func readImportance(_ input: [UInt8]) throws -> String {
        let file = try ImportanceFile.read(MemorySource(input), name: "fuzz")
        return "\(min(file.entries.count, 8)) entries, \(min(file.datasets.count, 3)) datasets"
    }

    private func readTokenizer(_ input: [UInt8]) throws -> String {
        let tokenizer = try TokenizerDefinition(tokenizerJSON: JSON(parsing: input)).makeTokenizer()
        return try CheckpointUser.use(tokenizer)
    }

    private func readCheckpoint(_ input: [UInt8]) throws -> String {
        let path = folder + "/model.gguf"
        try store(input, path)
        let checkpoint = try Checkpoint.open(path)
        let tensors = try check(checkpoint.archive.tensors, bytes: input.count)
        return try tensors + user.outcome(of: checkpoint)
    }

    private func readFolder(_ input: [UInt8]) throws -> String {
        let path = folder + "/folder"
        let files = FolderBundle(input).files
        for name in FolderBundle.names {
            if let bytes = files[name] { try store(bytes, path + "/" + name) } else { unlink(path + "/" + name) }
        }
        let checkpoint = try Checkpoint.open(path)
        let tensors = try check(checkpoint.archive.tensors, bytes: files["model.safetensors"]?.count ?? 0)
        return try tensors + user.outcome(of: checkpoint)
    }

    private func open(_ input: [UInt8], _ file: String, _ opened: String) throws -> String {
        try store(input, folder + "/" + file)
        let checkpoint = try Checkpoint.open(folder + "/" + opened)
        return "\(checkpoint.archive.tensors.count) tensors"
    }

    private func store(_ input: [UInt8], _ path: String) throws {
        try input.withUnsafeBytes { bytes in
            let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard descriptor >= 0, write(descriptor, bytes.baseAddress, bytes.count) == bytes.count else {
                throw CocoaError(.fileWriteUnknown)
            }
            close(descriptor)
        }
    }

    /// Whoever accepts a file vouches that every tensor lies inside it and suits its shape.
    private func check(_ tensors: [TensorEntry], bytes: Int) throws -> String {
        for tensor in tensors {
            precondition(
                tensor.offset >= 0 && tensor.byteCount >= 0 && tensor.range.upperBound <= bytes
                    && tensor.format.byteCount(shape: tensor.shape) == tensor.byteCount,
                "\(tensor.name) is accepted at \(tensor.range) of \(bytes) bytes with \(tensor.shape)")
            tensor.withBytes { bytes in _ = bytes.first.map { $0 &+ (bytes.last ?? 0) } }
        }
        return "\(min(tensors.count, 16)) tensors"
    }

    /// An error's text without what an input put into it: digits, what stands in quotes, and names, which follow an "of".
    private static func shape(_ text: String) -> String {
        let known: Set<Substring> = [
            "claims", "is", "ends", "but", "follow", "neither", "cannot", "has", "not", "stands",
        ]
        var words: [Substring] = []
        var followsName = false
        for (index, part) in text.prefix(240).split(whereSeparator: { "'\"`".contains($0) }).enumerated() {
            guard index.isMultiple(of: 2) else { continue }
            for word in part.split(separator: " ") where word.allSatisfy({ $0.isASCII && !$0.isNumber }) {
                if !followsName || known.contains(word) { words.append(word) }
                if word == "of" { followsName = true }
            }
        }
        return words.prefix(24).joined(separator: " ")
    }
}
