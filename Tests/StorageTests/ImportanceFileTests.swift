import Documents
import Foundation
import Storage
import Tensors
import TestSupport
import Testing

/// Importance matrices made by the gguf package and by hand after llama.cpp's source (`Scripts/make-imatrix-goldens.py`).
@Suite struct ImportanceFileTests {
    private struct Expected {
        let name: String
        let sums: [Float]
        let counts: [Float]
        let weights: [Float]
    }

    private static let document: JSON = {
        guard let data = try? Fixtures.data("importance/contents.json"), let json = try? JSON(parsing: Array(data))
        else { return .null }
        return json
    }()

    private static let expected = (document["entries"]?.asArray ?? []).map { entry in
        func floats(_ key: String) -> [Float] { entry[key]?.asArray?.compactMap(\.asDouble).map(Float.init) ?? [] }
        return Expected(
            name: entry["name"]?.asString ?? "", sums: floats("sums"), counts: floats("counts"),
            weights: floats("weights"))
    }

    private static func path(_ name: String) -> String { Fixtures.path("importance/" + name) }

    private func weights(_ entry: ImportanceFile.Entry) -> [Float] {
        entry.counts.indices.flatMap { entry.weights(of: $0) }
    }

    @Test func theGGUFKindSaysEverything() throws {
        let file = try ImportanceFile.read(Self.path("imatrix.gguf"))
        #expect(file.datasets == ["calibration.txt", "wörter.txt"])
        #expect(file.chunkCount == 2)
        #expect(file.chunkSize == 64)
        #expect(file.entries.map(\.name) == Self.expected.map(\.name).sorted())
        for expected in Self.expected {
            let entry = try #require(file.entries.first { $0.name == expected.name })
            #expect(entry.sums == expected.sums)
            #expect(entry.counts == expected.counts)
            #expect(weights(entry) == expected.weights)
        }
    }

    @Test func countsTellHowOftenEachExpertWasUsed() throws {
        let file = try ImportanceFile.read(Self.path("imatrix.gguf"))
        let experts = try #require(file.entries.first { $0.name == "blk.0.ffn_up_exps.weight" })
        #expect(experts.counts == [37, 0, 91])
        #expect(experts.weights(of: 1) == [1, 1, 1, 1, 1, 1])
    }

    @Test(arguments: ["imatrix.dat", "oldest.dat"]) func theLegacyKindGivesTheSameWeights(name: String) throws {
        let file = try ImportanceFile.read(Self.path(name))
        #expect(file.datasets == (name == "oldest.dat" ? [] : ["calibration.txt"]))
        #expect(file.chunkCount == (name == "oldest.dat" ? 0 : 2))
        #expect(file.entries.map(\.name) == Self.expected.map(\.name))
        for (entry, expected) in zip(file.entries, Self.expected) {
            let stack = try #require(entry.stacked(expected.counts.count))
            #expect(stack.columns == expected.sums.count / expected.counts.count)
            // Every value went through a multiplication and a division on its way into the file and out.
            for (weight, truth) in zip(weights(stack), expected.weights) {
                #expect(abs(weight - truth) <= 2 * truth.ulp)
            }
        }
    }

    @Test func whatIsWrittenIsWhatTheGGUFPackageWrites() throws {
        let folder = try TemporaryFolder()
        let file = try ImportanceFile.read(Self.path("imatrix.gguf"))
        let path = folder.appending("again.gguf")
        let length = try file.write(to: path)
        let bytes = try folder.read("again.gguf")
        #expect(bytes.count == length)
        #expect(bytes == (try contents(of: Self.path("imatrix.gguf"))))
        #expect(try ImportanceFile.read(path) == file)
    }

    @Test(.enabled(if: WrittenForOthersTests.folder != nil)) func aFileForOtherReaders() throws {
        let folder = try #require(WrittenForOthersTests.folder)
        try ImportanceFile.read(Self.path("imatrix.gguf")).write(to: folder + "/imatrix.gguf")
    }

    @Test func anEntryIsWholeMatrices() {
        #expect(ImportanceFile.Entry(name: "t", sums: [1, 2, 3], counts: [1, 1]) == nil)
        #expect(ImportanceFile.Entry(name: "t", sums: [], counts: []) == nil)
        let entry = ImportanceFile.Entry(name: "t", sums: [1, 2, 3, 4], counts: [2])
        #expect(entry?.weights(of: 0) == [0.5, 1, 1.5, 2])
        #expect(entry?.stacked(3) == nil)
        #expect(entry?.stacked(2)?.weights(of: 1) == [1.5, 2])
        #expect(entry?.stacked(2)?.stacked(4) == nil)
    }
}
