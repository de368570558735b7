import Foundation
import Language
import Workbench

/// What Tab offers: verbs, labels, variables, members of live values, file names.
struct Completer {
    let session: Session

    /// The candidates at a byte offset of an entry.
    func completions(of entry: String, at cursor: Int) -> Completions {
        let vocabulary = session.interpreter.vocabulary
        let completion = Completion.at(cursor, in: SourceText(entry), vocabulary: vocabulary)
        if case .text(let written) = completion.expectation { return files(written, typed: completion) }
        let names = completion.candidates(
            vocabulary: vocabulary, variables: session.interpreter.variables.map(\.name),
            members: { members(of: $0).map(\.name) })
        let notes = notes(for: completion, vocabulary)
        return Completions(
            replacing: completion.typed.utf8.count,
            with: names.map { Completions.Candidate($0, note: notes[$0] ?? "") })
    }

    private func members(of path: String) -> [Member] {
        guard case .object(let object)? = session.interpreter.value(ofPath: path) else { return [] }
        return object.members
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

    /// Files that continue the path inside a text; folders end in a slash.
    private func files(_ written: String, typed completion: Completion) -> Completions {
        let slash = written.lastIndex(of: "/")
        let folder = slash.map { String(written[...$0]) } ?? ""
        let start = slash.map { String(written[written.index(after: $0)...]) } ?? written
        let path = folder.isEmpty ? "." : folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let candidates = names.filter { $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix(".")) }.sorted()
        return Completions(
            replacing: start.utf8.count,
            with: candidates.map { name in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: folder + name, isDirectory: &isFolder)
                return Completions.Candidate(name + (isFolder.boolValue ? "/" : ""))
            })
    }
}
