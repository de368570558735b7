import Crypto
import Documents
import Formats
import Foundation
import Storage
import Tensors
import Testing

/// Digests that are taken while a file is written are those of what is in it.
@Suite struct SealTests {
    /// By another implementation than Lancet's.
    private static func digest(_ bytes: some Sequence<UInt8>) -> String {
        Crypto.SHA256.hash(data: Array(bytes)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Tensors that are copied, put together of ranges, produced, and stacked.
    private func plans() throws -> [TensorPlan] {
        let archive = try Archive.open(ContainerContents.path("every-type.gguf"))
        var plans = archive.tensors.map { TensorPlan(copying: $0) }
        let source = MemorySource((0..<4096).map { Float($0) } as [Float])
        plans.append(
            TensorPlan(
                name: "stack", format: .block(.f32), shape: [3, 4, 8],
                parts: [5, 1, 9].map { .copy(SourceRange(source, $0 * 128..<$0 * 128 + 128)) }))
        plans.append(
            TensorPlan(name: "made", format: .block(.f32), shape: [3, 4, 8]) { sink in
                for piece in 0..<6 {
                    try [Float](repeating: Float(piece), count: 16).withUnsafeBytes { try sink($0) }
                }
            })
        plans.append(
            TensorPlan(
                name: "mixed", format: .block(.f32), shape: [2, 1, 8],
                parts: [
                    .copy(SourceRange(source, 0..<40)),
                    .produce { sink in try [Float](repeating: 1, count: 6).withUnsafeBytes { try sink($0) } },
                ]))
        return plans
    }

    @Test func eachUnitIsDigestedAndTheHeadTellsIt() throws {
        let folder = try TemporaryFolder()
        let plans = try plans()
        var metadata = Metadata()
        let places = plans.map { plan in
            DigestUnits.ranges(shape: plan.shape, byteCount: plan.byteCount ?? 0).map { _ in Self.digest([]) }
                .joined(separator: " ")
        }
        metadata["digests"] = .array(MetadataArray(places))
        metadata["other"] = .string(Self.digest([]))
        let other = MemorySource([1, 2, 3] as [UInt8])
        var writer = GGUFWriter(metadata: metadata, tensors: plans)
        writer.seal = Seal(others: [SourceRange(other, 1..<3)]) { digests in
            var metadata = Metadata()
            metadata["digests"] = .array(MetadataArray(digests.tensors.map { $0.units.joined(separator: " ") }))
            metadata["other"] = .string(digests.others[0])
            return metadata
        }
        try writer.write(to: folder.appending("sealed.gguf"))
        let sealed = try Archive.open(folder.appending("sealed.gguf"))
        let told = try #require(sealed.metadata["digests"]?.strings)
        #expect(told.count == sealed.tensors.count)
        for (tensor, text) in zip(sealed.tensors, told) {
            let stack = DigestUnits.isStack(tensor.shape) ? tensor.shape.drop { $0 == 1 }.first ?? 1 : 1
            let size = tensor.byteCount / stack
            let truth = (0..<stack).map { unit in
                tensor.withBytes { Self.digest($0[unit * size..<(unit + 1) * size]) }
            }
            #expect(text == truth.joined(separator: " "), "\(tensor.name)")
        }
        #expect(sealed.metadata["other"]?.text == Self.digest([2, 3]))
        let again = try sealed.digests()
        #expect(again.tensors.map { $0.units.joined(separator: " ") } == told)
        #expect(again.tensors.map(\.name) == sealed.tensors.map(\.name))
    }

    @Test func aFolderTellsThemInItsList() throws {
        let folder = try TemporaryFolder()
        let archive = try Archive.open(ContainerContents.path("every-type.safetensors"))
        var writer = SafetensorsFolderWriter(
            tensors: archive.tensors.map { TensorPlan(copying: $0) },
            companions: [.init(name: "config.json", bytes: Array("{}".utf8))], largestShard: 64)
        writer.seal = Seal { digests in
            var notes = JSONObject()
            for (name, units) in digests.tensors { notes[name] = .string(units.joined(separator: " ")) }
            return notes
        }
        try writer.write(to: folder.appending("model"))
        let notes = try JSON(parsing: folder.read("model/lancet.json"))
        for tensor in archive.tensors {
            let truth = DigestUnits.ranges(shape: tensor.shape, byteCount: tensor.byteCount).map { unit in
                tensor.withBytes { Self.digest($0[unit]) }
            }
            #expect(notes[tensor.name]?.asString == truth.joined(separator: " "), "\(tensor.name)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending("model"))
        #expect(notes["files"]?.asArray?.compactMap(\.asString) == files.sorted())
    }

    @Test func askingToStopStopsTheDigestsToo() throws {
        let folder = try TemporaryFolder()
        var writer = GGUFWriter(metadata: Metadata(), tensors: try plans())
        writer.seal = Seal { _ in Metadata() }
        var calls = FileCalls.system
        calls.checkInterruption = { throw Interrupted() }
        #expect(throws: Interrupted.self) { try writer.write(to: folder.appending("sealed.gguf"), calls: calls) }
        #expect(try folder.names() == [])
    }
}
