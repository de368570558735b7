import Documents
import Foundation
import TestSupport
import Tokenizers

/// What `Scripts/make-tokenizer-goldens.py` wrote.
enum TokenizerFixtures {
    static func json(_ name: String) throws -> JSON {
        try JSON(parsing: [UInt8](Fixtures.data("tokenizers/" + name)))
    }

    /// The hand-made traps, then the random texts.
    static func texts() throws -> [String] { try strings(json("texts.json")) }

    static func strings(_ json: JSON?) -> [String] { json?.asArray?.compactMap(\.asString) ?? [] }

    static func integers(_ json: JSON?) -> [Int] { json?.asArray?.compactMap(\.asInteger) ?? [] }

    /// FNV-1a, 64 bits, over the ids as little-endian 32-bit integers.
    static func digest(_ ids: [Int]) -> String {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for id in ids {
            for shift in [0, 8, 16, 24] { state = (state ^ UInt64(id >> shift & 0xFF)) &* 0x100_0000_01B3 }
        }
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Whether numbers are those of a golden, which lists them or gives how many there are and their digest.
    static func agree(_ numbers: [Int], _ golden: JSON) -> Bool {
        guard let digest = golden[1]?.asString else { return numbers == integers(golden) }
        return numbers.count == golden[0]?.asInteger && self.digest(numbers) == digest
    }

    /// A tokenizer by the name it has in the goldens.
    static func tokenizer(_ name: String) throws -> any Tokenizer {
        guard name.hasPrefix("small-") else { return try TokenizerDefinition(gguf: vocabulary(name)).makeTokenizer() }
        return try TokenizerDefinition(tokenizerJSON: json(name + ".json")).makeTokenizer()
    }

    /// One of llama.cpp's vocabularies.
    static func vocabulary(_ name: String) throws -> GGUFVocabulary {
        let json = try json(name + ".json")
        var file =
            json["model"] == "llama"
            ? GGUFVocabulary(
                model: "llama", pre: "default", tokens: strings(json["tokens"]), tokenTypes: integers(json["types"]),
                scores: (json["scores"]?.asArray ?? []).compactMap(\.asDouble).map { Float($0) })
            : try byteLevel(name, json)
        file.bos = json["bos"]?.asInteger
        file.eos = json["eos"]?.asInteger
        return file
    }

    /// Undoes `compact` of the script.
    private static func byteLevel(_ name: String, _ json: JSON) throws -> GGUFVocabulary {
        let count = json["count"]?.asInteger ?? 0
        var tokens = [String?](repeating: nil, count: count)
        var types = [Int](repeating: 1, count: count)
        for entry in json["base"]?.asArray ?? [] {
            guard let id = entry[0]?.asInteger else { continue }
            tokens[id] = entry[1]?.asString
            types[id] = entry[2]?.asInteger ?? 1
        }
        var pairs: [(left: Int, right: Int)] = []
        var makers: [(id: Int, pair: Int)] = []
        var free = 0
        var numbers = LEB128Numbers(bytes: [UInt8](try Fixtures.data("tokenizers/\(name).merges")))
        while let left = numbers.next(), let right = numbers.next() {
            pairs.append((left / 2, right))
            guard left % 2 == 1 else { continue }
            while tokens[free] != nil { free += 1 }
            makers.append((free, pairs.count - 1))
            free += 1
        }
        // A part may be made by a later merge of the list.
        while !makers.isEmpty {
            makers.removeAll { id, pair in
                guard let left = tokens[pairs[pair].left], let right = tokens[pairs[pair].right] else { return false }
                tokens[id] = left + right
                return true
            }
        }
        let merges = pairs.map { (tokens[$0.left] ?? "") + " " + (tokens[$0.right] ?? "") }
        return GGUFVocabulary(
            model: "gpt2", pre: name, tokens: tokens.map { $0 ?? "" }, tokenTypes: types, merges: merges)
    }
}

struct LEB128Numbers: IteratorProtocol {
    let bytes: [UInt8]
    var position = 0

    mutating func next() -> Int? {
        var number = 0
        var shift = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            number |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
