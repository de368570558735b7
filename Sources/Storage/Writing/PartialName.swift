import Foundation
import Glibc

/// What a file or folder is called while it is being written beside its target: `.lancet-PROCESS-NUMBER.partial`.
///
/// Its writer holds a lock on it. What a killed process has left is recognized by its name, a process that is gone, and a
/// lock that nobody holds (on another machine or in a container, processes have other numbers).
enum PartialName {
    /// The path of the attempt to find a free name.
    static func path(_ attempt: Int, in folder: FolderName) -> String {
        folder.appending(".lancet-\(getpid())-\(attempt).partial")
    }

    /// Locks what is being written, so that nobody takes it for abandoned while the descriptor is open.
    static func lock(_ descriptor: Int32) { _ = flock(descriptor, LOCK_EX | LOCK_NB) }

    /// Removes what processes that are gone have left in a folder; what cannot be removed stays.
    static func removeAbandoned(in folder: FolderName) {
        for name in folder.names(endingIn: ".partial") where isAbandoned(name, in: folder) {
            try? FileManager.default.removeItem(atPath: folder.appending(name))
        }
    }

    private static func isAbandoned(_ name: String, in folder: FolderName) -> Bool {
        guard let process = process(name), process != getpid(), kill(process, 0) < 0, errno == ESRCH else {
            return false
        }
        // Links are never followed, and pipes never waited for.
        let descriptor = open(folder.appending(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, [S_IFDIR, S_IFREG].contains(status.st_mode & S_IFMT),
            status.st_uid == geteuid()
        else { return false }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// The process that a name tells; nil for any other name.
    private static func process(_ name: String) -> pid_t? {
        guard let match = name.wholeMatch(of: /\.lancet-([1-9][0-9]{0,9})-[0-9]{1,3}\.partial/) else { return nil }
        return pid_t(match.1)
    }
}
