import Inference
import Kernels
import Language
import Storage

/// The settings that `undo` takes back: those that results are recorded with, and what they are computed within.
struct SettingsValue: ObjectValue, Equatable {
    let seed: UInt64
    let threads: Int
    let arithmetic: Arithmetic
    /// Bytes that the process may take; nil for no bound.
    let memory: Int?

    init(_ session: Session) {
        seed = session.settings.seed
        threads = session.settings.threads
        arithmetic = session.settings.arithmetic
        memory = session.memory?.bytes
    }

    /// - Throws: `LanguageError` if the process takes more memory by now than the bound allows; nothing is changed then.
    func restore(in session: Session) throws(LanguageError) {
        if session.memory?.bytes != memory { try session.useMemory(memory) }
        session.settings.seed = seed
        if session.settings.threads != threads { session.useThreads(threads) }
        session.compute(in: arithmetic)
    }

    var typeName: String { "settings" }
    var description: String { "settings" }
    func isEqual(to other: any ObjectValue) -> Bool { (other as? SettingsValue) == self }
}

extension Session {
    /// Bytes of weights of its models that lie in no checkpoint's file, so that a memory limit cannot page them.
    var unpagedBytes: Int {
        var ranges: [ObjectIdentifier: Set<Range<Int>>] = [:]
        for case .object(let value) in interpreter.variables.map(\.value) {
            guard let model = (value as? ModelValue)?.model else { continue }
            for (source, range) in model.tensors.values.flatMap(\.extents) where !(source is MappedFile) {
                ranges[ObjectIdentifier(source), default: []].insert(range)
            }
        }
        return ranges.values.joined().reduce(0) { $0 + $1.count }
    }
}
