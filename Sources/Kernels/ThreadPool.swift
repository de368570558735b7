import Glibc
import Synchronization

/// A fixed number of threads that share the items of one loop at a time.
///
/// Which thread does which item is left to chance, so an item's result must not depend on it. A loop started while another
/// runs (from within an item, or from a second caller) is done by the thread that started it.
public final class ThreadPool: Sendable {
    /// Threads that work on a loop, the caller's included.
    public let threads: Int
    private let crew: ThreadCrew?
    private let workers: [pthread_t]
    private let isBusy = Atomic<Bool>(false)

    /// Starts `threads - 1` threads, which live as long as the pool.
    public init(threads: Int) {
        guard threads > 1 else {
            (self.threads, crew, workers) = (1, nil, [])
            return
        }
        let crew = ThreadCrew()
        workers = crew.start(threads - 1)
        self.threads = workers.count + 1
        self.crew = crew
    }

    deinit {
        crew?.stop()
        for worker in workers { pthread_join(worker, nil) }
    }

    /// The number of processors that are on.
    public static let processorCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// Calls the body once for each of `0..<count`, on all threads at once, and returns when all calls have.
    ///
    /// The body must bear being called from several threads at a time; it is not marked so because what it writes to is
    /// usually a pointer, which the compiler does not let across threads.
    public func forEach(_ count: Int, _ body: (Int) -> Void) {
        guard let crew, count > 1,
            isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
        else {
            for item in 0..<max(0, count) { body(item) }
            return
        }
        defer { isBusy.store(false, ordering: .releasing) }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { crew.run(count, $0) }
        }
    }

    /// Splits `0..<count` into runs of at most `chunk` and calls the body once for each, as `forEach` does.
    public func forEachRange(_ count: Int, chunk: Int, _ body: (Range<Int>) -> Void) {
        let chunk = max(1, chunk)
        forEach((max(0, count) + chunk - 1) / chunk) { part in
            body(part * chunk..<min(count, (part + 1) * chunk))
        }
    }
}
