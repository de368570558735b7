import Foundation
import Language
import Storage
import TestSupport
import Testing
import Workbench

/// Saved checkpoints tell where they come from, and are found out when they change.
@Suite struct ProvenanceTests {
    private static let parent = "examples/models/teach-gptoss-bf16.gguf"

    private func saved(_ edit: String = "prune m drop [5]") throws -> (session: ScriptedSession, path: String) {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = ScriptedSession()
        let failure = session.run(
            "calib = corpus \"examples/models/heldout.txt\"\nm = open \"\(Self.parent)\"\n\(edit)\nsave m \"\(path)\"")
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        return (session, path)
    }

    private func verify(_ path: String) -> (lines: [String], failure: Diagnostic?) {
        let session = ScriptedSession()
        let failure = session.run("verify \"\(path)\"")
        return (session.output.lines, failure)
    }

    @Test func theRecipeMakesTheSameFileAgain() throws {
        let (session, path) = try saved()
        #expect(session.run("recipe \"\(path)\"") == nil)
        let recipe = try #require(session.output.lines.last)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path)
        let again = ScriptedSession()
        #expect(again.run(recipe) == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test func theRecipeNamesParentAndCorpusWithDigests() throws {
        let (session, path) = try saved()
        #expect(session.run("recipe \"\(path)\"\nverify \"\(Self.parent)\"") == nil)
        let recipe = session.output.lines[session.output.lines.count - 2]
        let parent = try #require(session.output.lines.last?.split(separator: " ").last)
        #expect(parent.count == 64)
        #expect(recipe.contains("# parent \"\(Self.parent)\": sha256:\(parent)\n"))
        #expect(recipe.contains("# corpus \"heldout.txt\": sha256:"))
        #expect(recipe.contains("\nprune m drop [5]\n"))
    }

    @Test func whatWasSavedIsVerified() throws {
        let (session, path) = try saved()
        let (lines, failure) = verify(path)
        #expect(failure == nil)
        #expect(lines.count == 1 && lines[0].contains(" tensors as recorded · sha256 "))
        #expect(session.run("copy = save (open \"\(path)\") \"\(path).copy.gguf\"") == nil)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: path))
                == Data(contentsOf: URL(fileURLWithPath: path + ".copy.gguf")))
    }

    @Test func aChangedExpertIsNamed() throws {
        let (_, path) = try saved()
        let archive = try Archive.open(path)
        let stack = try #require(archive.tensors.first { $0.shape.count == 3 })
        let slab = stack.byteCount / stack.shape[0]
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[stack.offset + 3 * slab + 7] ^= 1
        bytes[try #require(archive.tensors.last).range.upperBound - 1] ^= 0x80
        try bytes.write(to: URL(fileURLWithPath: path + ".damaged.gguf"))
        let failure = try #require(verify(path + ".damaged.gguf").failure)
        #expect(failure.kind == .assertion)
        #expect(failure.message.contains("\(stack.name), expert 3 is not what was saved, and 1 tensor"))
        #expect(failure.help != nil)
    }

    @Test func digestsAreThoseOfOtherPrograms() throws {
        let (_, path) = try saved()
        let archive = try Archive.open(path)
        let recorded = try #require(archive.metadata["lancet.tensor.sha256"]?.strings)
        #expect(recorded.count == archive.tensors.count)
        for (tensor, text) in zip(archive.tensors, recorded) {
            let units = tensor.shape.count > 2 ? tensor.shape[0] : 1
            let size = tensor.byteCount / units
            let digests = (0..<units).map { unit in
                tensor.withBytes { ValueDigest.of($0[unit * size..<(unit + 1) * size]) }
            }
            #expect(text == digests.joined(separator: " "), "\(tensor.name)")
        }
    }

    @Test func whatNothingWasDoneToStaysTheFileItWas() throws {
        let path = try ScriptedSession.temporaryPath("out.gguf")
        let session = ScriptedSession()
        #expect(session.run("m = open \"\(Self.parent)\"\nsave m \"\(path)\"") == nil)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: path))
                == Data(contentsOf: URL(fileURLWithPath: RepositoryRoot.path(Self.parent))))
        let failure = session.run("recipe \"\(path)\"")
        #expect(failure?.code == "recipe.none")
        #expect(verify(path).lines.first?.contains("no digests to compare with") == true)
    }

    @Test func encodedTensorsAreDigestedToo() throws {
        let (_, path) = try saved("quantize m.experts as mxfp4")
        let (lines, failure) = verify(path)
        #expect(failure == nil)
        #expect(lines.first?.contains("as recorded") == true)
    }

    @Test func splitAndJoinedFilesAreStillVerified() throws {
        let (session, path) = try saved()
        let script = """
            split "\(path)" into "\(path).part" tensors 9
            join "\(path).part-00001-of-00005.gguf" into "\(path).joined.gguf"
            """
        let count = (try Archive.open(path).tensors.count + 8) / 9
        let failure = session.run(script.replacing("00005", with: "0000\(count)"))
        #expect(failure == nil, "\(failure?.rendered() ?? "")")
        #expect(verify("\(path).part-00001-of-0000\(count).gguf").lines.first?.contains("as recorded") == true)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: path + ".joined.gguf"))
                == Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test(arguments: [
        ("split \"P\" into \"x\"", "split.limit"), ("split \"P\" into \"x\" size 1MiB tensors 3", "split.limit"),
        ("split \"P\" into \"x\" tensors 0", ""), ("split \"examples/models/tokenizer.json\" into \"x\" tensors 3", ""),
        ("join \"P\" into \"x\"", "save.name"), ("split \"P\" tensors 3", ""), ("verify \"absent.gguf\"", ""),
    ])
    func whatCannotBeDoneIsSaid(line: String, code: String) {
        let session = ScriptedSession()
        let failure = session.run(line.replacing("\"P\"", with: "\"\(Self.parent)\""))
        #expect(failure != nil)
        if !code.isEmpty { #expect(failure?.code == code, "\(failure?.rendered() ?? "")") }
    }
}
