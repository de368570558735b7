import Architectures
import Inference
import Storage
import TestSupport
import Testing

/// Importance files' names against the roles of models.
struct ImportanceNamingTests {
    private func opened(_ name: String) throws -> Checkpoint {
        try Checkpoint.open(Fixtures.path("oracles/\(name)/model.gguf"))
    }

    private func entry(_ name: String, columns: Int, matrices: Int = 1) throws -> ImportanceFile.Entry {
        try #require(
            ImportanceFile.Entry(
                name: name, sums: (0..<columns * matrices).map { Float($0) },
                counts: Array(repeating: 7, count: matrices)))
    }

    private func file(_ entries: [ImportanceFile.Entry]) -> ImportanceFile {
        ImportanceFile(entries: entries, datasets: ["a.txt"], chunkCount: 3, chunkSize: 16)
    }

    @Test func stacksBecomeExpertsAndUnknownNamesAreTold() throws {
        let checkpoint = try opened("gptoss-plain")
        let (hidden, count) = (
            checkpoint.model.blueprint.hiddenSize, checkpoint.model.blueprint.layers[0].expertCount
        )
        let held = file([
            try entry("blk.0.ffn_up_exps.weight", columns: hidden, matrices: count),
            try entry("blk.0.attn_q.weight", columns: hidden), try entry("nothing.weight", columns: 4),
        ])
        let reading = try checkpoint.family.importance(from: held, of: checkpoint.model)
        #expect(reading.unknown == ["nothing.weight"])
        #expect(reading.importance.entries.count == count + 1)
        #expect(reading.importance.entries[Role(.up, layer: 0, expert: 1)]?.sums.first == Float(hidden))
        #expect(reading.importance.corpora == ["a.txt"] && reading.importance.tokenCount == 48)
        #expect(reading.missing.contains(Role(.gate, layer: 0, expert: 0)))
        #expect(!reading.missing.contains(Role(.embedding)))
        let written = checkpoint.family.importanceFile(reading.importance, of: checkpoint.model)
        #expect(Set(written.entries) == Set(held.entries.dropLast()))
    }

    @Test func otherShapesAndOtherModelsAreRefusedByName() throws {
        let checkpoint = try opened("gptoss-plain")
        let hidden = checkpoint.model.blueprint.hiddenSize
        for wrong in [
            try entry("blk.0.attn_q.weight", columns: hidden + 1),
            try entry("blk.0.ffn_up_exps.weight", columns: hidden, matrices: 2),
        ] {
            let error = #expect(throws: BindingError.self) {
                try checkpoint.family.importance(from: file([wrong]), of: checkpoint.model)
            }
            #expect(error?.subject == wrong.name)
        }
        #expect(throws: BindingError.self) {
            try checkpoint.family.importance(
                from: file([try entry("blk.99.attn_q.weight", columns: hidden)]), of: checkpoint.model)
        }
    }

    @Test func countsThatNoTextHasTokensForDoNoHarm() throws {
        let checkpoint = try opened("gptoss-plain")
        let hidden = checkpoint.model.blueprint.hiddenSize
        let vast = try #require(
            ImportanceFile.Entry(
                name: "blk.0.attn_q.weight", sums: Array(repeating: 1e38, count: hidden), counts: [3e38]))
        let held = ImportanceFile(entries: [vast], datasets: [], chunkCount: .max, chunkSize: .max)
        let importance = try checkpoint.family.importance(from: held, of: checkpoint.model).importance
        #expect(importance.tokenCount == .max && importance.weights(of: Role(.query, layer: 0)) != nil)
    }
}
