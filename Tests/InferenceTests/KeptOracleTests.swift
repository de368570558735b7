import Documents
import Inference
import Kernels
import Tensors
import TestSupport
import Testing

/// Logits of the teaching models with keys and values as a cache keeps them, against transformers with the same simulated;
/// `Scripts/make-kept-oracles.py` says how.
struct KeptOracleTests {
    static let models = ["gptoss", "qwen3moe"]
    static let rules: [(name: String, rule: CacheRule)] =
        CacheType.allCases.map { ($0.rawValue, CacheRule(CacheSteps($0))) }
        + [("steps", CacheRule(CacheLawTests.steps([.q8_0, .q4_0], [40])))]

    @Test(arguments: models)
    func logitsAreThoseOfTransformersWithTheSameCache(model: String) throws {
        let document = try JSON(parsing: Array(try Fixtures.data("oracles/kept.json")))
        let entry = document[model]
        func integers(_ value: JSON?) -> [Int] { value?.asArray?.compactMap { $0.asDouble.map { Int($0) } } ?? [] }
        let (ids, positions) = (integers(entry?["ids"]), integers(document["positions"]))
        #expect(ids.count == 100 && positions.count == 3)
        let bound = try Parity.model(Parity.paths("teach-" + model)[0])
        let plain = floats(entry?["f32"]?.asString ?? "")
        for (name, rule) in Self.rules {
            let expected = floats(entry?[name]?.asString ?? "")
            let engine = Engine(compute: Compute(threads: 2), arithmetic: Arithmetic(cache: rule))
            let logits = try engine.run(bound, tokens: ids).logits(at: positions)
            let ours = stride(from: 0, to: logits.values.count, by: 4).map { logits.values[$0] }
            let distance = Parity.distance(ours, expected)
            // A code on the verge may fall to either side; all of them together are far from where they are not kept so.
            #expect(distance < (name == "f32" || name == "f16" ? Parity.bound : 4e-3), "\(name): \(distance)")
            if name != "f32" {
                #expect(distance < 0.5 * Parity.distance(plain, expected), "\(name): \(distance) is no nearer than f32")
            }
        }
    }

    private func floats(_ hex: String) -> [Float] {
        let digits = hex.utf8.map { UInt32($0 < 58 ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count, by: 8).map { start in
            var bits: UInt32 = 0
            for byte in 0..<4 {
                let value = digits[start + 2 * byte] << 4 | digits[start + 2 * byte + 1]
                bits |= value << UInt32(8 * byte)
            }
            return Float(bitPattern: bits)
        }
    }
}
