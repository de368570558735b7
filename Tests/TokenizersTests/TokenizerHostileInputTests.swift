import Documents
import Testing
import Tokenizers

@Suite struct TokenizerHostileInput {
    /// 256 byte pieces, `ab` and one control piece.
    static func small() -> GGUFVocabulary {
        var next: UInt32 = 0x100
        var tokens = (0..<256).map { (byte: UInt32) -> String in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Character(Unicode.Scalar(byte) ?? "?"))
            default:
                defer { next += 1 }
                return String(Character(Unicode.Scalar(next) ?? "?"))
            }
        }
        tokens += ["ab", "<end>"]
        var file = GGUFVocabulary(
            model: "gpt2", pre: "gpt-2", tokens: tokens, tokenTypes: Array(repeating: 1, count: 257) + [3],
            merges: ["a b"])
        file.eos = 257
        return file
    }

    private func failure(_ change: (inout GGUFVocabulary) -> Void) -> TokenizerError? {
        var file = Self.small()
        change(&file)
        return #expect(throws: TokenizerError.self) { try TokenizerDefinition(gguf: file).makeTokenizer() }
    }

    @Test func theSmallVocabularyWorks() throws {
        let tokenizer = try TokenizerDefinition(gguf: Self.small()).makeTokenizer()
        #expect(tokenizer.encode("cab<end>\u{0}é") == [99, 256, 257, 0, 0xC3, 0xA9])
        #expect(tokenizer.encode("<end>", parsingSpecialTokens: false, addingBoundary: true).count == 5)
    }

    @Test func missingAndMismatchedArraysAreNamed() {
        #expect(failure { $0.tokens = [] }?.code == "tokenizer.missing")
        #expect(failure { $0.merges = [] }?.subject == "tokenizer.ggml.merges")
        #expect(failure { $0.tokenTypes.removeLast() }?.subject == "tokenizer.ggml.token_type")
        #expect(failure { $0.tokenTypes[0] = 9 }?.reason == .malformed)
        #expect(failure { $0.tokenTypes[0] = -1 }?.reason == .malformed)
        #expect(failure { $0.tokenTypes[0] = .max }?.reason == .malformed)
        #expect(failure { $0.model = "llama" }?.subject == "tokenizer.ggml.scores")
        #expect(failure { $0.pre = nil }?.subject == "tokenizer.ggml.pre")
        #expect(failure { $0.addsBOS = true }?.subject == "tokenizer.ggml.bos_token_id")
    }

    @Test func unknownKindsAreRefusedByName() {
        let model = failure { $0.model = "rwkv" }
        #expect(model?.code == "tokenizer.unsupported")
        #expect(model?.message.contains("'rwkv'") == true)
        #expect(model?.remedy == "supported: gpt2, llama")
        let pre = failure { $0.pre = "mpt" }
        #expect(pre?.message.contains("'mpt'") == true)
        #expect(pre?.remedy == "supported: gpt-2, olmo, qwen2, llama-bpe, default, gpt-4o")
    }

    @Test func brokenEntriesAreNamed() {
        #expect(failure { $0.tokens[5] = $0.tokens[4] }?.reason == .duplicate)
        #expect(failure { $0.merges.append("a zz") }?.message.contains("\"zz\"") == true)
        #expect(failure { $0.merges.append("b a") }?.reason == .unknownPiece)
        for merge in ["", " ", "ab", "a ", "  ", "\u{120}"] {
            #expect(failure { $0.merges.append(merge) } != nil, "\(merge.debugDescription)")
        }
        let byte = failure {
            $0.tokens[65] = "no longer A"; $0.tokens[66] = ""
        }
        #expect(byte?.message.contains("0x41") == true)
        for id in [-1, 258, Int.max, Int.min] {
            #expect(failure { $0.bos = id }?.reason == .malformed)
            #expect(failure { $0.eos = id }?.reason == .malformed)
            #expect(failure { $0.endOfTurn = id }?.reason == .malformed)
        }
    }

    @Test func anIDOutsideTheVocabularyIsAnError() throws {
        let tokenizer = try TokenizerDefinition(gguf: Self.small()).makeTokenizer()
        for id in [-1, 258, Int.max, Int.min] {
            let error = #expect(throws: TokenizerError.self) { try tokenizer.decode([1, id]) }
            #expect(error?.reason == .idOutOfRange)
            #expect(error?.remedy == "ids run from 0 to 257")
            var decoder = tokenizer.makeStreamingDecoder()
            #expect(throws: TokenizerError.self) { try decoder.append(id) }
        }
    }

    @Test func sentencePieceVocabulariesAreCheckedToo() throws {
        let whole = try TokenizerFixtures.vocabulary("llama-spm")
        var file = whole
        file.scores[300] = .nan
        #expect(throws: TokenizerError.self) { try TokenizerDefinition(gguf: file).makeTokenizer() }
        file = whole
        file.tokens[3 + 0x41] = "<0xZZ>"
        let error = #expect(throws: TokenizerError.self) { try TokenizerDefinition(gguf: file).makeTokenizer() }
        #expect(error?.message.contains("<0x41>") == true)
    }

    @Test(arguments: [
        (#"{}"#, "model"),
        (#"{"model":{"type":"WordPiece"}}"#, "model.type"),
        (#"{"model":{"type":"BPE","byte_fallback":true}}"#, "model.vocab"),
        (#"{"model":{"byte_fallback":true,"vocab":{"a":0},"merges":[]}}"#, "normalizer"),
        (
            #"{"model":{"byte_fallback":true,"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Metaspace","replacement":"_"}}"#,
            "pre_tokenizer Metaspace"
        ),
        (
            #"{"model":{"byte_fallback":true,"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Metaspace","prepend_scheme":"last"}}"#,
            "pre_tokenizer Metaspace"
        ),
        (
            #"{"model":{"byte_fallback":true,"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"ByteLevel"}}"#,
            "pre_tokenizer"
        ),
        (
            #"{"model":{"byte_fallback":true,"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Metaspace"},"decoder":{"type":"WordPiece"}}"#,
            "decoder"
        ),
        (
            #"{"model":{"byte_fallback":true,"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Metaspace"}}"#,
            "vocabulary"
        ),
        (#"{"model":{"continuing_subword_prefix":"@@"}}"#, "model.continuing_subword_prefix"),
        (#"{"model":{"dropout":0.1}}"#, "model.dropout"),
        (#"{"model":{"merges":[]}}"#, "model.vocab"),
        (#"{"model":{"vocab":[],"merges":[]}}"#, "model.vocab"),
        (#"{"model":{"vocab":{},"merges":[]}}"#, "model.vocab"),
        (#"{"model":{"vocab":{"a":0}}}"#, "model.merges"),
        (#"{"model":{"vocab":{"a":-1},"merges":[]}}"#, "model.vocab"),
        (#"{"model":{"vocab":{"a":1e15},"merges":[]}}"#, "model.vocab"),
        (#"{"model":{"vocab":{"a":0.5},"merges":[]}}"#, "model.vocab"),
        (#"{"model":{"vocab":{"a":0,"b":0},"merges":[]}}"#, "token id 0"),
        (#"{"model":{"vocab":{"a":0},"merges":[1]}}"#, "model.merges"),
        (#"{"model":{"vocab":{"a":0},"merges":[["a"]]}}"#, "model.merges"),
        (#"{"model":{"vocab":{"a":0},"merges":["a"]}}"#, "model.merges"),
        (#"{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[{"id":0,"content":"b"}]}"#, "token id 0"),
        (#"{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[{"id":1}]}"#, "added_tokens"),
        (#"{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[{"content":"b"}]}"#, "added_tokens"),
        (
            #"{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[{"id":1,"content":"b","lstrip":true}]}"#,
            "added_tokens \"b\""
        ),
        (#"{"model":{"vocab":{"a":0},"merges":[]},"normalizer":{"type":"Lowercase"}}"#, "normalizer"),
        (#"{"model":{"vocab":{"a":0},"merges":[]}}"#, "pre_tokenizer"),
        (#"{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Whitespace"}}"#, "pre_tokenizer"),
        (
            #"{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true}}"#,
            "pre_tokenizer"
        ),
        (
            #"{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"ByteLevel"},"decoder":{"type":"Fuse"}}"#,
            "decoder"
        ),
        (
            #"{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"ByteLevel"},"post_processor":{"type":"BertProcessing"}}"#,
            "post_processor"
        ),
        (#"{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"ByteLevel"}}"#, "vocabulary"),
    ])
    func aTokenizerFileThatIsNotUnderstoodIsRefusedByField(text: String, subject: String) throws {
        let json = try JSON(parsing: text)
        let error = #expect(throws: TokenizerError.self) {
            try TokenizerDefinition(tokenizerJSON: json).makeTokenizer()
        }
        #expect(error?.subject == subject)
    }

    @Test func anUnknownPatternIsRefusedWithTheKnownOnes() throws {
        let split: JSON = ["type": "Split", "pattern": ["Regex": "\\w+"], "behavior": "Isolated", "invert": false]
        let level: JSON = ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false]
        let document: JSON = [
            "model": ["vocab": ["a": 0], "merges": []],
            "pre_tokenizer": ["type": "Sequence", "pretokenizers": [split, level]],
        ]
        let error = #expect(throws: TokenizerError.self) { try TokenizerDefinition(tokenizerJSON: document) }
        #expect(error?.message == #"the pattern "\\w+" is not supported"#)
        for pre in PreTokenizer.allCases { #expect(error?.remedy?.contains(pre.pattern) == true) }
    }

    @Test(arguments: ["small-gpt-4o.json", "spm-prepend.json", "spm-always.json"])
    func damagedFilesNeverTrap(name: String) throws {
        let bytes = try TokenizerFixtures.json(name).utf8()
        var state: UInt64 = 7
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % damaged.count] ^= 1 << UInt8(state >> 29 & 7)
            }
            guard let json = try? JSON(parsing: damaged),
                let tokenizer = try? TokenizerDefinition(tokenizerJSON: json).makeTokenizer()
            else { continue }
            let ids = tokenizer.encode("Hello <|start|> 123 wörld's\n")
            #expect(throws: Never.self) { try tokenizer.decode(ids) }
        }
    }
}
