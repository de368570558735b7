/// A name compared by its bytes. `String` compares by canonical equivalence, and a file may hold two names that differ
/// only in how an accent is written.
struct NameBytes: Hashable {
    private let bytes: [UInt8]

    init(_ name: String) { bytes = Array(name.utf8) }
}
