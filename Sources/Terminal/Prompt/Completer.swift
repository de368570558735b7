import Foundation
import Language
import Workbench

/// What Tab offers: verbs, labels, variables, members of live values, names in brackets, file names.
struct Completer {
    let session: Session

    /// The candidates at a byte offset of an entry.
    func completions(of entry: String, at cursor: Int) -> Completions {
        let vocabulary = session.interpreter.vocabulary
        let completion = Completion.at(cursor, in: SourceText(entry), vocabulary: vocabulary)
        if case .text(let written) = completion.expectation {
            return texts(written, in: entry, at: cursor, vocabulary)
        }
        let names = ordered(
            completion.candidates(
                vocabulary: vocabulary, variables: session.interpreter.variables.map(\.name),
                members: { members(of: $0).map(\.name) }), for: completion)
        let notes = notes(for: completion, vocabulary)
        let end = names.count == 1 && isFollowedBySpace(names[0], completion, vocabulary) ? " " : ""
        return Completions(
            replacing: completion.typed.utf8.count,
            with: names.map { Completions.Candidate($0 + end, note: notes[$0] ?? "") })
    }

    private func members(of path: String) -> [Member] {
        guard case .object(let object)? = session.interpreter.value(ofPath: path) else { return [] }
        return object.members
    }

    /// Members as they are declared, the most wanted first; everything else by name.
    private func ordered(_ names: [String], for completion: Completion) -> [String] {
        guard case .member(let path) = completion.expectation else { return names }
        return members(of: path).map(\.name).filter(names.contains)
    }

    /// A verb and a label go on with an argument; a variable may go on with a full stop.
    private func isFollowedBySpace(_ name: String, _ completion: Completion, _ vocabulary: Vocabulary) -> Bool {
        switch completion.expectation {
        case .statement, .value: session.interpreter.value(of: name) == nil
        case .argument(_, _, let labels): labels.contains { $0.name == name && !$0.parameters.isEmpty }
        default: false
        }
    }

    private func notes(for completion: Completion, _ vocabulary: Vocabulary) -> [String: String] {
        switch completion.expectation {
        case .member(let path):
            Dictionary(members(of: path).map { ($0.name, $0.docs) }, uniquingKeysWith: { first, _ in first })
        case .argument(_, _, let labels):
            Dictionary(labels.map { ($0.name, $0.docs) }, uniquingKeysWith: { first, _ in first })
        default:
            Dictionary(vocabulary.signatures.map { ($0.name, $0.summary) }, uniquingKeysWith: { first, _ in first })
        }
    }
}

extension Completer {
    /// What a text could be: a name in the brackets of a value, or a file's where the place takes one.
    private func texts(
        _ written: String, in entry: String, at cursor: Int, _ vocabulary: Vocabulary
    ) -> Completions {
        let before = String(decoding: entry.utf8.prefix(max(0, cursor - written.utf8.count - 1)), as: UTF8.self)
        if before.hasSuffix("["), case .object(let object)? = session.interpreter.value(ofPath: path(endingIn: before))
        {
            let keys = (object as? any SessionValue)?.keys ?? []
            let found = keys.filter { $0.hasPrefix(written) }
            let end = found.count == 1 ? "\"]" : ""
            return Completions(replacing: written.utf8.count, with: found.map { Completions.Candidate($0 + end) })
        }
        let place = Completion.at(before.utf8.count, in: SourceText(before), vocabulary: vocabulary)
        if case .argument(_, let parameter?, _) = place.expectation,
            !["path", "file", "files"].contains(parameter.name)
        {
            return Completions(replacing: 0, with: [])
        }
        let isClosed = entry.utf8.dropFirst(cursor).first == UInt8(ascii: "\"")
        return files(written, end: isClosed ? "" : "\"")
    }

    /// The path before the bracket that ends a text: back to a blank or a sign outside brackets.
    private func path(endingIn before: String) -> String {
        var depth = 0
        let path = before.dropLast().reversed().prefix { character in
            if character == "]" { depth += 1 }
            if character == "[" { depth -= 1 }
            return depth > 0 || character == "[" && depth == 0 || !" \t\n=(;,{[".contains(character)
        }
        return String(path.reversed())
    }

    /// Files that continue the path inside a text; folders end in a slash.
    private func files(_ written: String, end: String) -> Completions {
        let slash = written.lastIndex(of: "/")
        let folder = slash.map { String(written[...$0]) } ?? ""
        let start = slash.map { String(written[written.index(after: $0)...]) } ?? written
        let path = folder.isEmpty ? "." : folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let found = names.filter { $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix(".")) }.sorted()
        return Completions(
            replacing: start.utf8.count,
            with: found.map { name in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder)
                return Completions.Candidate(name + (isFolder.boolValue ? "/" : found.count == 1 ? end : ""))
            })
    }
}
