import Documents
import Formats
import Storage
import Tensors
import TestSupport
import Testing

@Suite struct GGUFReadingTests {
    @Test func fixturesAreThere() {
        #expect(ContainerContents.ggufNames.count == 5)
        #expect(ContainerContents.safetensorsNames.count == 2)
    }

    @Test(arguments: ContainerContents.ggufNames) func tensorsAreThoseThePackageWrote(name: String) throws {
        let archive = try Archive.open(ContainerContents.path(name))
        let expected = ContainerContents.tensors("gguf", name)
        #expect(archive.tensors.map(\.name) == expected.map(\.name))
        for truth in expected {
            let tensor = try #require(archive[truth.name])
            #expect(tensor.format.name == truth.type)
            #expect(tensor.shape == truth.shape)
            #expect(tensor.file == truth.file)
            #expect(tensor.offset == truth.offset)
            #expect(tensor.withBytes { Array($0) } == truth.bytes)
        }
    }

    @Test(arguments: ContainerContents.ggufNames) func metadataAreThoseThePackageWrote(name: String) throws {
        let metadata = try Archive.open(ContainerContents.path(name)).metadata
        let expected = ContainerContents.keys(name)
        #expect(metadata.keys == expected.compactMap { $0["key"]?.asString })
        for entry in expected {
            let key = try #require(entry["key"]?.asString)
            let value = try #require(metadata[key])
            let types = try #require(entry["types"]?.asArray).compactMap(\.asString)
            #expect("\(value.type)" == types.first)
            if let array = value.array { #expect("\(array.elementType)" == types.last) }
            #expect(shown(value) == entry["value"], "\(key)")
        }
    }

    /// A value as the fixture's JSON spells it: integers as text, for they exceed a double.
    private func shown(_ value: MetadataValue) -> JSON? {
        switch value {
        case .uint64(let value): .string("\(value)")
        case .float32(let value): .number(JSONNumber(Double(value)))
        case .float64(let value): .number(JSONNumber(value))
        case .bool(let value): .boolean(value)
        case .string(let value): .string(value)
        case .malformedString: nil
        case .array(let array):
            if let strings = array.strings() {
                .array(strings.map { .string($0) })
            } else {
                .array((0..<array.count).compactMap { array[$0].flatMap(shown) })
            }
        default: value.integer.map { .string("\($0)") }
        }
    }

    @Test func aSplitCheckpointOpensFromAnyOfItsFiles() throws {
        let first = try Archive.open(ContainerContents.path("split-00001-of-00003.gguf"))
        for number in 2...3 {
            let other = try Archive.open(ContainerContents.path("split-0000\(number)-of-00003.gguf"))
            #expect(other.tensors.map(\.name) == first.tensors.map(\.name))
            #expect(other.metadata == first.metadata)
        }
        #expect(first.files.count == 3)
        #expect(!first.metadata.keys.contains { $0.hasPrefix("split.") })
        let whole = try Archive.open(ContainerContents.path("every-type.gguf"))
        #expect(whole.tensors.map(\.name) == first.tensors.map(\.name))
        #expect(whole.metadata == first.metadata)
    }

    @Test func typesThatAreOnlyCarriedAreKnownByName() throws {
        let archive = try Archive.open(ContainerContents.path("every-type.gguf"))
        #expect(archive.container == .gguf(version: 3))
        #expect(archive["t.q4_k"]?.format == .block(.q4_k))
        #expect(archive["t.i8"]?.format == .plain(.i8))
        #expect(archive["t.mxfp4"]?.format == .block(.mxfp4))
        #expect(archive["t.mxfp4"]?.floats()?.count == 2 * 3 * 64)
        #expect(archive["absent"] == nil)
        var carried = GGUFBytes(tensorCount: 1)
        carried.tensor("t.q8_k", [256], type: 15)
        carried.data(292)
        let entry = try #require(try GGUFReader.read(MemorySource(carried.bytes), name: "carried").tensors.first)
        #expect(entry.format == GGMLType.named("q8_k").map { .opaque($0) })
        #expect(entry.floats() == nil)
    }

    @Test func theTeachingModelOpens() throws {
        let archive = try Archive.open(Fixtures.teachingModelPath("teach-gptoss-bf16.gguf"))
        #expect(archive.metadata["general.architecture"]?.text == "gpt-oss")
        #expect(archive.metadata["tokenizer.ggml.tokens"]?.strings?.count == 2048)
        #expect(archive.metadata["gpt-oss.expert_count"]?.integer == 16)
        #expect(archive["token_embd.weight"]?.shape == [2048, 256])
        #expect(archive["blk.0.ffn_gate_exps.weight"]?.shape == [16, 256, 256])
    }
}
