import CKernels
import Formats

/// Where arithmetic happens: a thread pool, a kernel variant, and working memory.
///
/// Every result has the same bits whatever the variant, the number of threads, and the number of rows computed at once.
public struct Compute: Sendable {
    /// The threads that kernels are spread over; callers spread their own loops over it too.
    public let pool: ThreadPool
    /// The instruction set in use.
    public let variant: KernelVariant
    let scratch = Scratch()
    private let operationsTable: OperationsTable

    /// The C kernels that know no weights.
    struct OperationsTable: @unchecked Sendable {
        let pointer: UnsafePointer<lk_operations>
    }

    /// Starts a pool of that many threads.
    ///
    /// A variant that this processor does not run is replaced by the best that it does.
    public init(threads: Int = ThreadPool.processorCount, variant: KernelVariant = .best) {
        let usable = variant.isAvailable ? variant : .best
        guard let pointer = lk_operations_of(usable.index) else { preconditionFailure("no kernels for \(usable)") }
        pool = ThreadPool(threads: threads)
        self.variant = usable
        operationsTable = OperationsTable(pointer: pointer)
    }

    var operations: lk_operations { operationsTable.pointer.pointee }
}
