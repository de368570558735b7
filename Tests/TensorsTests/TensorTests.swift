import Tensors
import Testing

struct TensorTests {
    @Test func stridesAndSlicesAreRowMajor() {
        let tensor = Tensor(shape: [2, 3, 4], axes: ["a", "b", "c"], values: (0..<24).map(Float.init))
        #expect(tensor.strides == [12, 4, 1])
        #expect(tensor[first: 1].values == (12..<24).map(Float.init))
        #expect(tensor[first: 1].axes == ["b", "c"])
    }

    @Test func aScalarHasOneElement() {
        #expect(Tensor(shape: [], axes: [], values: [3]).count == 1)
        #expect(Tensor(shape: [0, 5], axes: ["a", "b"], repeating: 1).count == 0)
    }

    @Test func bytesInMemoryAreLentByRange() {
        let source = MemorySource([Float(1), 2, 3])
        #expect(source.count == 12)
        let middle = source.withBytes(4..<8) { $0.loadUnaligned(as: Float.self) }
        #expect(middle == 2)
    }
}

struct KeyedRandomTests {
    @Test func aDrawDependsOnItsKeyAlone() {
        let random = KeyedRandom(seed: 7, purpose: "sample", item: 3, position: 5)
        let later = random.bits(9)
        #expect(KeyedRandom(seed: 7, purpose: "sample", item: 3, position: 5).bits(9) == later)
    }

    @Test func everyPartOfTheKeyChangesTheDraw() {
        let keys = [
            KeyedRandom(seed: 7, purpose: "sample", item: 3, position: 5),
            KeyedRandom(seed: 8, purpose: "sample", item: 3, position: 5),
            KeyedRandom(seed: 7, purpose: "resample", item: 3, position: 5),
            KeyedRandom(seed: 7, purpose: "sample", item: 5, position: 3),
            KeyedRandom(seed: 7, purpose: "sample", item: 3, position: 6),
        ]
        #expect(Set(keys.map { $0.bits(0) } + [keys[0].bits(1)]).count == keys.count + 1)
    }

    @Test func drawsAreEvenlySpread() {
        let random = KeyedRandom(seed: 1, purpose: "spread")
        var counts = [Int](repeating: 0, count: 10)
        var sum = 0.0
        for draw in 0..<100_000 {
            counts[random.index(below: 10, draw)] += 1
            sum += random.unit(draw)
        }
        // Five standard deviations of a fair draw.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 475 })
        #expect(abs(sum / 100_000 - 0.5) < 0.0046)
    }
}
