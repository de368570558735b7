import FuzzSupport
import Glibc
import Synchronization

/// Watches over a run: an input that crashes, hangs or asks for too much memory is left behind in a file.
final class FuzzGuards: Sendable {
    /// The longest that one input may take.
    /// - Units: seconds of the processor's time, so that a busy machine raises no alarm.
    static let seconds = 10.0
    /// What the process may grow by, in address space.
    static let addressSpace = 2 << 30

    private let started = Atomic<Int>(0)
    private let target = Mutex<FuzzTarget>(.gguf)
    private let memory: UInt

    /// - Throws: `FuzzRequest.Mistake` where the system refuses memory.
    init() throws {
        let size = Mutator.longest + 16
        guard let shared = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
            shared != MAP_FAILED
        else { throw FuzzRequest.Mistake(description: "no memory to keep inputs in") }
        memory = UInt(bitPattern: shared)
    }

    /// Runs the body in a child process and takes over what it leaves behind when it dies.
    /// - Parameter traced: whether a crash is explained by a backtrace, which takes a while.
    /// - Returns: whether it ended well.
    func watching(traced: Bool, _ body: () -> Void) -> Bool {
        let child = fork()
        if child == 0 {
            limitMemory()
            if !traced {
                for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { signal(number, SIG_DFL) }
            }
            body()
            exit(0)
        }
        var status: Int32 = 0
        var last = (started: 0, used: 0.0)
        while waitpid(child, &status, WNOHANG) == 0 {
            usleep(100_000)
            let (now, used) = (current, Self.processorTime(of: child))
            if now != last.started { last = (now, used) }
            if used - last.used > Self.seconds {
                FuzzRun.say("an input takes longer than \(Self.seconds) seconds")
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
            }
        }
        guard status != 0 else { return true }
        save()
        return false
    }

    /// Seconds that a process has run on a processor.
    private static func processorTime(of process: pid_t) -> Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func limitMemory() {
        var pages = 0
        if let file = fopen("/proc/self/statm", "r") {
            var line = [CChar](repeating: 0, count: 64)
            if fgets(&line, 64, file) != nil { pages = atol(line) }
            fclose(file)
        }
        let bytes = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)) + Self.addressSpace)
        var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    }

    private var base: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: memory) }

    private var current: Int { base?.load(as: Int.self) ?? 0 }

    /// Notes the input that is about to be read.
    func begin(_ input: [UInt8], _ target: FuzzTarget, number: Int) {
        guard let base else { return }
        let index = FuzzTarget.allCases.firstIndex(of: target) ?? 0
        base.storeBytes(of: Int32(index), toByteOffset: 8, as: Int32.self)
        base.storeBytes(of: Int32(input.count), toByteOffset: 12, as: Int32.self)
        input.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { (base + 16).copyMemory(from: start, byteCount: bytes.count) }
        }
        base.storeBytes(of: number, as: Int.self)
    }

    private func save() {
        guard let base else { return }
        let target = FuzzTarget.allCases[Int(base.load(fromByteOffset: 8, as: Int32.self))]
        let count = Int(base.load(fromByteOffset: 12, as: Int32.self))
        let name = "fuzz-failure-\(target.rawValue)-\(current)"
        let descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        if descriptor >= 0 {
            _ = write(descriptor, base + 16, count)
            close(descriptor)
        }
        FuzzRun.say("input \(current) (\(target.rawValue), \(count) bytes) fails: it lies in \(name)")
    }
}
