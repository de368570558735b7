import CFiles
import Glibc
import Synchronization
import Tensors

/// The files that are mapped in this process: no save replaces one of them, and none loses pages unnoticed.
public enum MappedFiles {
    /// What a mapped file holds while it is mapped.
    struct Ticket: Hashable {
        fileprivate let number: Int
    }

    private struct Live {
        let path: String
        let identity: FileIdentity
        let descriptor: Int32
        /// The number of its guard; nil where it needs none, or the table of guards is full.
        let guardNumber: Int32?
        /// Whether it has been reported; from then on only what is read of it counts.
        var isReported = false
    }

    private struct State {
        var live: [Int: Live] = [:]
        var nextNumber = 0
    }

    private static let state = Mutex(State())

    /// Takes the signal that the first missing page raises; done once.
    private static let isGuarded: Bool = {
        // The first access runs an initializer, which a signal handler must not.
        _ = Interruption.isRequested
        return lf_guard_install { Interruption.request() } == 0
    }()

    static func add(path: String, identity: FileIdentity, base: UInt, byteCount: Int, descriptor: Int32) -> Ticket {
        var guardNumber: Int32?
        if isGuarded, let address = UnsafeMutableRawPointer(bitPattern: base) {
            let number = lf_guard_add(address, byteCount)
            if number >= 0 { guardNumber = number }
        }
        let live = Live(path: path, identity: identity, descriptor: descriptor, guardNumber: guardNumber)
        return state.withLock { state in
            state.nextNumber += 1
            state.live[state.nextNumber] = live
            return Ticket(number: state.nextNumber)
        }
    }

    static func remove(_ ticket: Ticket) {
        let live = state.withLock { $0.live.removeValue(forKey: ticket.number) }
        if let number = live?.guardNumber { lf_guard_remove(number) }
    }

    static func contains(_ identity: FileIdentity) -> Bool {
        state.withLock { $0.live.values.contains { $0.identity.isSameFile(as: identity) } }
    }

    /// Whether a mapped file was cut short since the last `check()`: what was read of it may have been zeros.
    /// - Complexity: a look at each mapped file's size.
    public static var areDamaged: Bool { state.withLock { $0.live.values.contains(where: isDamaged) } }

    /// Returns if no mapped file was cut short since the last look.
    ///
    /// To be called where a command ends, before what it computed is shown or kept: what it read of such a file may have
    /// been zeros. After the error, nothing of the file can be read any more without another one. No other thread may read
    /// mapped files meanwhile.
    /// - Throws: `StorageError` `.changed` that names the file.
    public static func check() throws(StorageError) {
        let error: StorageError? = state.withLock { state in
            var first: StorageError?
            for (number, live) in state.live where isDamaged(live) {
                if let guardNumber = live.guardNumber { lf_guard_poison(guardNumber) }
                state.live[number]?.isReported = true
                if first == nil { first = cutShort(live) }
            }
            return first
        }
        if let error { throw error }
    }

    private static func isDamaged(_ live: Live) -> Bool {
        if let number = live.guardNumber, lf_guard_missed(number) != 0 { return true }
        guard !live.isReported, let now = FileIdentity(descriptor: live.descriptor) else { return false }
        // The last page of a shorter file is still there, and zero behind its end.
        return now.size < live.identity.size
    }

    private static func cutShort(_ live: Live) -> StorageError {
        StorageError(
            .changed, file: live.path, "the file was cut short while it was open",
            remedy: "restore the file, then open it again")
    }
}
