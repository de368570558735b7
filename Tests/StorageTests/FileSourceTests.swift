import Foundation
import Storage
import Tensors
import Testing

@Suite struct FileSourceTests {
    @Test func aMappedFileLendsItsRanges() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("file", (0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
        let file = try MappedFile(path: path)
        #expect(file.count == 10_000)
        #expect(file.withBytes(5000..<5003) { Array($0) } == [136, 137, 138])
        #expect(file.withBytes(10_000..<10_000) { $0.count } == 0)
        file.advise(.willNeed, 100..<200_000)
        #expect(FileIdentity(path: path) == file.identity)
        #expect(try MappedFile(path: folder.write("empty", [])).count == 0)
        #expect(throws: StorageError.self) { try MappedFile(path: folder.path) }
        #expect(throws: StorageError.self) { try MappedFile(path: folder.appending("absent")) }
    }

    @Test func identityTellsAChangedFileFromTheOldOne() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("file", [1, 2, 3])
        let before = try MappedFile(path: path).identity
        try folder.write("file", [1, 2, 3, 4])
        #expect(FileIdentity(path: path) != before)
    }

    @Test func spilledBytesOutliveTheSpillFileAndLeaveNoName() throws {
        let folder = try TemporaryFolder()
        var sources: [any ByteSource] = []
        do {
            let spill = SpillFile(folder: folder.path)
            for value: UInt8 in 0..<4 {
                let (source, offset) = try spill.append(byteCount: 5000 * Int(value)) { bytes in
                    for index in bytes.indices { bytes[index] = value }
                }
                #expect(offset == 0)
                sources.append(source)
            }
        }
        #expect(try folder.names() == [])
        for (value, source) in sources.enumerated() {
            #expect(source.count == 5000 * value)
            #expect(source.withBytes(0..<source.count) { bytes in bytes.allSatisfy { $0 == UInt8(value) } })
        }
        let nowhere = SpillFile(folder: folder.appending("absent"))
        #expect(throws: StorageError.self) { try nowhere.append(byteCount: 1) { _ in } }
    }

    @Test func reservedRoomIsFilledLater() throws {
        let folder = try TemporaryFolder()
        let room = try SpillFile(folder: folder.path).reserve(byteCount: 10_000)
        #expect(try folder.names() == [])
        #expect(room.withBytes(0..<10_000) { bytes in bytes.allSatisfy { $0 == 0 } })
        room.bytes[9_999] = 7
        #expect(room.withBytes(9_998..<10_000) { Array($0) } == [0, 7])
        #expect(throws: StorageError.self) { try SpillFile(folder: folder.path).reserve(byteCount: 1 << 60) }
    }

    @Test func aSpillWithoutRoomIsRefusedBeforeItIsFilled() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: StorageError.self) {
            try SpillFile(folder: folder.path).append(byteCount: 1 << 60) { _ in Issue.record("filled") }
        }
        #expect(error?.remedy != nil)
        #expect(try folder.names() == [])
    }
}
