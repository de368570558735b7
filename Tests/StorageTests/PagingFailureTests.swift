import Foundation
import Storage
import Tensors
import Testing

/// Files that change or end while they are paged.
@Suite struct PagingFailureTests {
    /// A file of 24 units of 100,000 bytes, each of one value, and 3,000 bytes that every pass needs.
    private final class Paged: @unchecked Sendable {
        static let unitBytes = 100_000
        let folder: TemporaryFolder
        let file: MappedFile
        let cache: PageCache

        init(capacity: Int) throws {
            folder = try TemporaryFolder()
            var bytes = [UInt8](repeating: 255, count: 3000)
            for unit in 0..<24 { bytes += [UInt8](repeating: UInt8(unit), count: Self.unitBytes) }
            file = try MappedFile(path: folder.write("file", bytes))
            let units =
                [PageUnit(.always, parts: [(0, 0..<3000)])]
                + (0..<24).map { unit in
                    PageUnit(.expert(layer: unit / 8), parts: [(0, Self.range(unit))])
                }
            _ = PageLayout([file], units: units, layerCount: 3, activeExperts: 2)
            cache = PageCache(capacity: capacity)
            try cache.serve([file])
        }

        static func range(_ unit: Int) -> Range<Int> {
            3000 + unit * unitBytes..<3000 + (unit + 1) * unitBytes
        }

        func need(_ unit: Int) -> PageNeed { PageNeed([(file, Self.range(unit))], tokens: 1) }

        /// Whether a unit's bytes are all of one value.
        func holds(_ unit: Int, _ value: UInt8) -> Bool {
            file.withBytes(Self.range(unit)) { $0.count == Self.unitBytes && $0.allSatisfy { $0 == value } }
        }
    }

    @Test func unitsComeAndGoWithTheirBytes() throws {
        let paged = try Paged(capacity: 400_000)
        let layout = try #require(paged.file.layout)
        for pass in 0..<20 {
            paged.cache.beginPass(keeping: [layout], tokens: 1, layers: 3)
            for layer in 0..<3 {
                let units = [0, 3, 5].map { layer * 8 + ($0 + pass) % 8 }
                paged.cache.expect([paged.need(units[0])], layer: layer)
                var seen: [Int] = []
                paged.cache.withUnits(units.map(paged.need), layer: layer) { batch in
                    for place in batch { #expect(paged.holds(units[place], UInt8(units[place]))) }
                    seen += batch
                }
                #expect(seen.sorted() == [0, 1, 2])
            }
            #expect(paged.cache.report.held <= 400_000)
        }
        try paged.cache.check()
        #expect(paged.cache.report.misses > 100)
        #expect(paged.file.withBytes(1000..<2000) { $0.allSatisfy { $0 == 255 } })
        // What lies across units is read for itself.
        #expect(paged.file.withBytes(102_999..<103_001) { Array($0) } == [0, 1])
    }

    @Test func manyThreadsReadWithoutAHookAndWithoutRoom() throws {
        let paged = try Paged(capacity: 250_000)
        let wrong = Counter()
        DispatchQueue.concurrentPerform(iterations: 200) { item in
            if !paged.holds(item * 7 % 24, UInt8(item * 7 % 24)) { _ = wrong.next() }
        }
        #expect(wrong.value == 0)
        try paged.cache.check()
    }

    @Test func aFileCutShortIsToldAndNothingOfItIsKept() async {
        await #expect(processExitsWith: .success) {
            let paged = try Paged(capacity: 400_000)
            guard let layout = paged.file.layout else { throw Broken(line: #line) }
            let whole = try contents(of: paged.file.path)
            paged.cache.beginPass(keeping: [layout], tokens: 1, layers: 3)
            try paged.cache.check()
            try demand(truncate(paged.file.path, 1_050_000) == 0)
            paged.cache.withUnits([paged.need(12)], layer: 1) { _ in _ = paged.holds(12, 12) }
            try demand(paged.cache.hasFailed)
            do {
                try paged.cache.check()
                throw Broken(line: #line)
            } catch let error as StorageError {
                try demand(error.kind == .changed && error.file == paged.file.path && error.offset != nil)
                try demand(error.remedy != nil)
            }
            // The file is whole again: so is what is lent.
            let handle = try FileHandle(forUpdating: URL(filePath: paged.file.path))
            try handle.write(contentsOf: whole)
            try handle.close()
            try demand(paged.holds(12, 12))
            try paged.cache.check()
        }
    }

    @Test func roomThatShrinksIsGivenBack() throws {
        let gone = Counter()
        let folder = try TemporaryFolder()
        let file = try MappedFile(path: folder.write("file", [UInt8](repeating: 9, count: 1 << 20)))
        let units = (0..<8).map { unit in
            PageUnit(.expert(layer: 0), parts: [(0, unit << 17..<(unit + 1) << 17)])
        }
        let layout = PageLayout([file], units: units, layerCount: 1, activeExperts: 1)
        let cache = PageCache(room: { _ in (8 - gone.value) * 150_000 })
        let needs = { (0..<8).map { PageNeed([(file, $0 << 17..<($0 + 1) << 17)], tokens: 1) } }
        cache.beginPass(keeping: [layout], tokens: 1, layers: 1)
        cache.withUnits(needs(), layer: 0) { batch in
            for unit in batch { file.withBytes(unit << 17..<(unit + 1) << 17) { #expect($0.allSatisfy { $0 == 9 }) } }
        }
        #expect(cache.report.experts == 8)
        for _ in 0..<5 { _ = gone.next() }
        cache.beginPass(keeping: [layout], tokens: 1, layers: 1)
        #expect(cache.report.experts == 3)
        #expect(cache.report.held <= 450_000)
    }
}
