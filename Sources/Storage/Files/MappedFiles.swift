import Synchronization

/// The files that are mapped in this process, so that no save replaces one of them.
enum MappedFiles {
    private struct Place: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    private static let counts = Mutex<[Place: Int]>([:])

    static func add(_ identity: FileIdentity) {
        counts.withLock { $0[Place(device: identity.device, inode: identity.inode), default: 0] += 1 }
    }

    static func remove(_ identity: FileIdentity) {
        let place = Place(device: identity.device, inode: identity.inode)
        counts.withLock { counts in
            let left = (counts[place] ?? 0) - 1
            counts[place] = left > 0 ? left : nil
        }
    }

    static func contains(_ identity: FileIdentity) -> Bool {
        counts.withLock { $0[Place(device: identity.device, inode: identity.inode)] != nil }
    }
}
