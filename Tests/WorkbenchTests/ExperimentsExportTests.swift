import Documents
import Foundation
import Language
import Tensors
import Testing
import Workbench

/// `show` and `export`.
@Suite struct ExperimentsExportTests {
    @Test func anArrayBecomesNumPysFile() throws {
        let bench = try ExperimentBench()
        #expect(bench.run("export clean.logits \"logits.npy\"").isEmpty)
        let bytes = try #require(bench.file("logits.npy"))
        #expect(Array(bytes.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
        let length = Int(bytes[8]) + Int(bytes[9]) << 8
        #expect((10 + length) % 64 == 0)
        let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (14, 2048), }"))
        #expect(header.hasSuffix("\n"))
        let values = try bench.tensor("clean.logits").tensor.values
        let written = stride(from: 10 + length, to: bytes.count, by: 4).map { at in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * $1) })
        }
        #expect(written == values)
        bench.run("export clean.logits[13] \"row.npy\"")
        #expect(String(decoding: try #require(bench.file("row.npy")), as: UTF8.self).contains("'shape': (2048,), }"))
    }

    @Test func sweepsBecomeTablesPicturesAndJSON() throws {
        let bench = try ExperimentBench()
        let failures = bench.run(
            """
            t = patch each m.layers.resid-pre at each from clean into corrupt measure ld
            export t "t.csv"
            export t "t.svg"
            export t "t.json"
            export t "lines.svg" as lines
            """)
        #expect(failures.isEmpty)
        let csv = String(decoding: try #require(bench.file("t.csv")), as: UTF8.self)
        #expect(csv.hasPrefix("layer,0 When,1 Mary,") && csv.split(separator: "\n").count == 5)
        let svg = String(decoding: try #require(bench.file("t.svg")), as: UTF8.self)
        #expect(svg.contains("<svg") && svg.contains("9 Mary") && svg.contains("restored"))
        #expect(bench.file("lines.svg") != bench.file("t.svg"))
        let json = try JSON(parsing: try #require(bench.file("t.json")))
        #expect(json["shape"]?.asArray?.compactMap(\.asInteger) == [4, 14])
        #expect(json["raw"]?["unit"]?.asString == "logits")
        #expect(bench.output.notices.contains { $0.hasPrefix("wrote t.csv") })
    }

    @Test func whatDoesNotFitIsRefusedAndADryRunWritesNothing() throws {
        let bench = try ExperimentBench()
        #expect(bench.failure("export clean \"clean.npy\"").contains("export clean.logits"))
        #expect(bench.failure("export clean \"clean\"").contains("export.form"))
        #expect(bench.failure("export ld \"ld.svg\"").contains(".json"))
        #expect(bench.failure("show clean as heatmap").contains("show.form"))
        #expect(bench.run("dry-run export clean.logits \"dry.npy\"").isEmpty)
        #expect(bench.file("dry.npy") == nil)
        #expect(bench.failure("export clean.logits \"missing/logits.npy\"").contains("file.unwritable"))
    }

    @Test func valuesAreShownInTheFormThatIsAskedFor() throws {
        let bench = try ExperimentBench()
        bench.run("show (top clean 3) as csv")
        #expect(bench.output.written.last?.hasPrefix("rank,piece,id,logit,probability\n1,") == true)
        bench.run("show [3, 1, 4] as bars")
        #expect(bench.output.written.last?.contains("█") == true)
        bench.run("show (patch each m.heads from clean into corrupt measure ld) as json")
        let json = try JSON(parsing: try #require(bench.output.written.last))
        #expect(json["into"]?.asDouble != nil)
        let heatmap =
            "logit-diff \" Mary\" − \" John\"\nclean +13.70   corrupt −12.06   restored: 0 corrupt … 1 clean\n"
        bench.run("patch each m.heads from clean into corrupt measure ld")
        let shown = try #require(bench.output.written.last)
        #expect(shown.hasPrefix(heatmap) && shown.contains("▓.91"))
        #expect(shown.hasSuffix("32 patches · 14 tokens · exact · recomputed 22% of cells"))
    }
}
