import Foundation
import Language
import TestSupport
import Testing
import Workbench

/// Every command says what it is, and every example runs as it stands.
@Suite struct ExampleTests {
    static let signatures: [Signature] = {
        guard let session = try? CapturedSession() else { return [] }
        return session.session.interpreter.vocabulary.signatures
    }()

    static let examples: [String] = signatures.flatMap(\.examples)

    @Test func thereAreCommands() {
        #expect(Self.signatures.count > 30)
    }

    @Test(arguments: signatures) func aCommandIsDocumented(_ signature: Signature) {
        #expect(!signature.summary.isEmpty, "\(signature.name) has no summary")
        #expect(!signature.summary.hasSuffix("."), "\(signature.name): a summary is one line without a full stop")
        #expect(!signature.examples.isEmpty, "\(signature.name) has no example")
        for parameter in signature.parameters {
            #expect(!parameter.docs.isEmpty, "\(signature.name): \(parameter.name) is not documented")
        }
        for label in signature.labels { check(label, of: signature.name) }
    }

    private func check(_ label: Label, of owner: String) {
        #expect(!label.docs.isEmpty, "\(owner): the label \(label.name) is not documented")
        for inner in label.labels { check(inner, of: "\(owner) … \(label.name)") }
    }

    @Test(arguments: examples) func anExampleRuns(_ example: String) throws {
        let session = try CapturedSession(threads: 2)
        #expect(session.run(example) == "", "\(example)")
        let left = try FileManager.default.contentsOfDirectory(atPath: session.folder.path)
        #expect(left.allSatisfy { !$0.hasPrefix(".lancet-") })
    }

    /// A word on a shelf of later versions must not be a command already.
    @Test func noCommandIsAnnouncedForLater() throws {
        let future = try CapturedSession().session.futureWords
        for signature in Self.signatures { #expect(future[signature.name] == nil) }
    }
}

extension Signature: CustomTestStringConvertible {
    public var testDescription: String { name }
}
