import Documents
import Language

extension CorpusItem {
    /// The items of a file of JSON lines, and the keys that mean nothing here.
    /// - Throws: `LanguageError` for a line that is no item, naming file, line and byte offset.
    static func read(_ text: String, name: String) throws(LanguageError) -> (items: [CorpusItem], unknown: [String]) {
        var (items, unknown): ([CorpusItem], [String]) = ([], [])
        var offset = 0
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let place = Place(file: name, line: index + 1, offset: offset)
            offset += line.count + 1
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
                continue
            }
            let object = try place.object(Array(line))
            items.append(try item(object, place))
            for key in object.keys where !known.contains(key) && !unknown.contains(key) { unknown.append(key) }
        }
        guard !items.isEmpty else {
            throw LanguageError(
                code: "corpus.empty", "\(name) holds no item",
                help: "Each line is an object such as {\"prompt\": \"…\"}.")
        }
        return (items, unknown)
    }

    private static let known = ["prompt", "family", "variant", "answer", "wrong", "corrupt", "accept"]

    private static func item(_ object: JSONObject, _ place: Place) throws(LanguageError) -> CorpusItem {
        if object["choices"] != nil {
            throw place.error(
                "it has choices, which this version does not read yet",
                "Give the right continuation as answer and a wrong one as wrong.")
        }
        guard let prompt = try place.text(object, "prompt"), !prompt.isEmpty else {
            throw place.error(
                "it has no prompt", "Each line is an object such as {\"prompt\": \"…\", \"answer\": \"…\"}.")
        }
        return CorpusItem(
            prompt: prompt, family: try place.text(object, "family"), variant: try place.text(object, "variant"),
            answer: try place.text(object, "answer"), wrong: try place.text(object, "wrong"),
            corrupt: try place.text(object, "corrupt"), accepted: try place.texts(object, "accept"))
    }

    /// Where a line stands in its file.
    private struct Place {
        let file: String
        let line: Int
        let offset: Int

        func object(_ bytes: [UInt8]) throws(LanguageError) -> JSONObject {
            let value: JSON
            do { value = try JSON(parsing: bytes) } catch {
                throw LanguageError(
                    code: "corpus.json", "\(file), line \(line), byte \(offset + error.offset): \(error.message)",
                    help: error.remedy)
            }
            guard let object = value.asObject else {
                throw self.error("it is \(value.kind), where an object is expected", "Write one object a line.")
            }
            return object
        }

        func text(_ object: JSONObject, _ key: String) throws(LanguageError) -> String? {
            guard let value = object[key], !value.isNull else { return nil }
            guard let text = value.asString else {
                throw error("\"\(key)\" is \(value.kind), where a string is expected", "Write it in quotes.")
            }
            return text
        }

        func texts(_ object: JSONObject, _ key: String) throws(LanguageError) -> [String]? {
            guard let value = object[key], !value.isNull else { return nil }
            guard let list = value.asArray, list.allSatisfy({ $0.asString != nil }) else {
                throw error("\"\(key)\" is no list of strings", "Write it as [\"1\", \"2\"].")
            }
            return list.compactMap(\.asString)
        }

        func error(_ message: String, _ help: String) -> LanguageError {
            LanguageError(code: "corpus.item", "\(file), line \(line), byte \(offset): \(message)", help: help)
        }
    }
}
