import Glibc

/// A name compared by its bytes. `String` compares by canonical equivalence, and a file may hold two names that differ
/// only in how an accent is written.
struct NameBytes: Hashable {
    private var name: String

    init(_ name: String) {
        self.name = name
        self.name.makeContiguousUTF8()
    }

    static func == (left: NameBytes, right: NameBytes) -> Bool {
        guard left.name.utf8.count == right.name.utf8.count else { return false }
        return left.withBytes { a in
            right.withBytes { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return true }
                return memcmp(a, b, left.name.utf8.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var name = name
        return name.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
