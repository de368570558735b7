import Kernels
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 5]) func everyItemIsDoneOnce(threads: Int) {
        let pool = ThreadPool(threads: threads)
        for count in [0, 1, 2, 7, 1000] {
            var done = [Int](repeating: 0, count: count)
            done.withUnsafeMutableBufferPointer { done in
                let start = done.baseAddress
                pool.forEach(count) { start?[$0] += 1 }
            }
            #expect(done.allSatisfy { $0 == 1 })
        }
    }

    @Test func loopsWithinLoopsAreDoneInline() {
        let pool = ThreadPool(threads: 3)
        let sum = Atomic<Int>(0)
        pool.forEach(20) { outer in
            pool.forEach(10) { sum.add(outer * 10 + $0, ordering: .relaxed) }
        }
        #expect(sum.load(ordering: .relaxed) == (0..<200).reduce(0, +))
    }

    @Test func manyShortLoopsLoseNothing() {
        let pool = ThreadPool(threads: 4)
        let sum = Atomic<Int>(0)
        for _ in 0..<20_000 { pool.forEach(3) { sum.add($0 + 1, ordering: .relaxed) } }
        #expect(sum.load(ordering: .relaxed) == 120_000)
    }

    @Test func severalCallersShareOnePool() async {
        let pool = ThreadPool(threads: 2)
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let sum = Atomic<Int>(0)
                    for _ in 0..<500 { pool.forEach(10) { sum.add($0, ordering: .relaxed) } }
                    return sum.load(ordering: .relaxed)
                }
            }
            return await group.reduce(0, +)
        }
        #expect(total == 8 * 500 * 45)
    }

    @Test func rangesCoverEverythingInOrderOfParts() {
        let pool = ThreadPool(threads: 2)
        let covered = Mutex<[Int]>([])
        pool.forEachRange(10, chunk: 4) { range in covered.withLock { $0 += Array(range) } }
        #expect(covered.withLock { $0.sorted() } == Array(0..<10))
    }
}
