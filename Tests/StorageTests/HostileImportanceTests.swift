import Storage
import Tensors
import TestSupport
import Testing

@Suite struct HostileImportanceTests {
    /// A legacy file made by hand.
    private struct Legacy {
        var bytes: [UInt8] = []

        init(entries: Int32) { number(entries) }

        mutating func number(_ value: Int32) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }

        mutating func entry(_ name: String, calls: Int32 = 1, count: Int32? = nil, _ values: [Float]) {
            number(Int32(name.utf8.count))
            bytes += Array(name.utf8)
            number(calls)
            number(count ?? Int32(values.count))
            for value in values { number(Int32(bitPattern: value.bitPattern)) }
        }
    }

    private func error(_ bytes: [UInt8]) -> StorageError? {
        do {
            let file = try ImportanceFile.read(MemorySource(bytes), name: "test")
            for entry in file.entries where !entry.sums.allSatisfy({ $0 >= 0 }) { Issue.record("\(entry.name)") }
            return nil
        } catch { return error }
    }

    private func expect(_ kind: StorageError.Kind, at offset: Int, _ build: (inout Legacy) -> Void) {
        var file = Legacy(entries: 1)
        build(&file)
        let refusal = error(file.bytes)
        #expect(refusal?.kind == kind, "\(refusal as Any)")
        #expect(refusal?.offset == offset, "\(refusal as Any)")
        #expect(refusal?.remedy != nil)
    }

    @Test func liesOfLegacyFilesAreRefused() {
        expect(.unknownContainer, at: 0) { $0 = Legacy(entries: 0) }
        expect(.unknownContainer, at: 0) { $0 = Legacy(entries: -1) }
        expect(.unknownContainer, at: 0) { $0 = Legacy(entries: .max) }
        expect(.truncated, at: 2) { $0.bytes = [1, 0] }
        expect(.malformed, at: 4) {
            $0.number(.max)
            $0.bytes += [UInt8](repeating: 0, count: 32)
        }
        expect(.malformed, at: 4) {
            $0.number(-1)
            $0.bytes += [UInt8](repeating: 0, count: 32)
        }
        expect(.malformed, at: 9) { $0.entry("w", calls: -1, [1, 2]) }
        expect(.malformed, at: 13) { $0.entry("w", count: 0, [1, 2]) }
        expect(.malformed, at: 13) { $0.entry("w", count: .max, [1, 2]) }
        expect(.malformed, at: 13) { $0.entry("w", count: 3, [1, 2]) }
        expect(.malformed, at: 21) { $0.entry("w", [1, -2]) }
        expect(.malformed, at: 17) { $0.entry("w", [.nan, 2]) }
        expect(.malformed, at: 21) { $0.entry("w", [1, .infinity]) }
        expect(.malformed, at: 25) {
            $0.entry("w", [1, 2])
            $0.number(-3)
        }
        expect(.duplicate, at: 21) {
            $0 = Legacy(entries: 2)
            $0.entry("w", [1])
            $0.entry("w", [1])
        }
    }

    @Test func truncatedFilesAreRefusedOrWithoutTheirEnd() throws {
        let legacy = try contents(of: Fixtures.path("importance/imatrix.dat"))
        let oldest = try contents(of: Fixtures.path("importance/oldest.dat"))
        for length in 0..<legacy.count where length != oldest.count && length != oldest.count + 4 {
            #expect(error(Array(legacy.prefix(length))) != nil, "\(length) bytes")
        }
        let sound = try contents(of: Fixtures.path("importance/imatrix.gguf"))
        for length in 0..<(sound.count - 32) {
            #expect(error(Array(sound.prefix(length))) != nil, "\(length) bytes")
        }
    }

    @Test(arguments: ["imatrix.gguf", "imatrix.dat"]) func damagedBytesNeverTrap(name: String) throws {
        let sound = try contents(of: Fixtures.path("importance/" + name))
        let random = KeyedRandom(seed: 11, purpose: "damage " + name)
        for draw in 0..<20_000 { _ = error(Damage.apply(to: sound, header: sound.count, random, draw)) }
    }

    @Test func aGGUFThatIsNoImportanceMatrixIsRefused() throws {
        let refusal = #expect(throws: StorageError.self) {
            try ImportanceFile.read(ContainerContents.path("every-type.gguf"))
        }
        #expect(refusal?.kind == .unknownContainer)
        #expect(refusal?.remedy != nil)
    }

    @Test func sumsWithoutCountsAreRefused() throws {
        let folder = try TemporaryFolder()
        let sound = try Archive.open(Fixtures.path("importance/imatrix.gguf"))
        for left in 0..<sound.tensors.count {
            var writer = GGUFWriter(copying: sound)
            writer.tensors.remove(at: left)
            try writer.write(to: folder.appending("\(left).gguf"))
            let refusal = #expect(throws: StorageError.self) {
                try ImportanceFile.read(folder.appending("\(left).gguf"))
            }
            #expect(refusal?.kind == .malformed)
            #expect(refusal?.item != nil)
        }
    }
}
