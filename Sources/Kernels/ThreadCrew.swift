import CKernels
import Glibc
import Synchronization

/// The threads behind a `ThreadPool` and the one job they work on.
///
/// A job is open from `open` to `close`. A worker that wakes while it is open enters, claims items until none is left and
/// leaves; one that wakes too late does not enter, so nobody waits for a sleeper. `job` and `count` change only while the
/// gate is closed and nobody is inside, which is what makes the unchecked conformance right.
final class ThreadCrew: @unchecked Sendable {
    private var job: UnsafePointer<(Int) -> Void>?
    private var count = 0
    private let next = Atomic<Int>(0)
    /// Bit 0: open. Above: twice the number of workers inside.
    private let gate = Atomic<Int>(0)
    /// Counts jobs; what idle workers watch.
    private let generation = Atomic<UInt64>(0)
    private let sleepers = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Looks a worker takes before it sleeps: some tens of microseconds, the usual gap between two kernels of a layer.
    private static let patience = 4096

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wakeUp, nil)
    }

    deinit {
        pthread_cond_destroy(wakeUp)
        pthread_mutex_destroy(mutex)
        wakeUp.deallocate()
        mutex.deallocate()
    }

    /// Starts workers and returns their threads; fewer than asked for where the system gives no more.
    func start(_ workers: Int) -> [pthread_t] {
        var threads: [pthread_t] = []
        for _ in 0..<workers {
            var thread = pthread_t()
            let crew = Unmanaged.passRetained(self)
            let failure = pthread_create(&thread, nil, workOfCrew, crew.toOpaque())
            if failure == 0 { threads.append(thread) } else { crew.release() }
        }
        return threads
    }

    /// Asks every worker to return.
    func stop() {
        stopped.store(true, ordering: .sequentiallyConsistent)
        announce()
    }

    /// Runs a job: this thread and every awake worker claim items until all are done.
    func run(_ count: Int, _ body: UnsafePointer<(Int) -> Void>) {
        job = body
        self.count = count
        next.store(0, ordering: .relaxed)
        gate.store(1, ordering: .releasing)
        announce()
        claim(count, body)
        _ = gate.subtract(1, ordering: .acquiringAndReleasing)
        var looks = 0
        while gate.load(ordering: .acquiring) != 0 {
            looks += 1
            if looks % Self.patience == 0 { sched_yield() } else { lk_pause() }
        }
    }

    private func announce() {
        generation.add(1, ordering: .sequentiallyConsistent)
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(wakeUp)
        pthread_mutex_unlock(mutex)
    }

    private func claim(_ count: Int, _ body: UnsafePointer<(Int) -> Void>) {
        while true {
            let item = next.add(1, ordering: .relaxed).oldValue
            guard item < count else { return }
            body.pointee(item)
        }
    }

    /// What a worker does for its whole life.
    fileprivate func work() {
        var seen: UInt64 = 0
        while true {
            seen = waitForNews(since: seen)
            if stopped.load(ordering: .sequentiallyConsistent) { return }
            guard enter() else { continue }
            if let job { claim(count, job) }
            _ = gate.subtract(2, ordering: .releasing)
        }
    }

    private func enter() -> Bool {
        var state = gate.load(ordering: .acquiring)
        while state & 1 == 1 {
            let (entered, now) = gate.weakCompareExchange(
                expected: state, desired: state + 2, ordering: .acquiringAndReleasing)
            if entered { return true }
            state = now
        }
        return false
    }

    private func waitForNews(since seen: UInt64) -> UInt64 {
        for _ in 0..<Self.patience {
            let now = generation.load(ordering: .sequentiallyConsistent)
            if now != seen { return now }
            lk_pause()
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        sleepers.add(1, ordering: .sequentiallyConsistent)
        defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let now = generation.load(ordering: .sequentiallyConsistent)
            if now != seen { return now }
            pthread_cond_wait(wakeUp, mutex)
        }
    }
}

private func workOfCrew(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<ThreadCrew>.fromOpaque(argument).takeRetainedValue().work() }
    return nil
}
