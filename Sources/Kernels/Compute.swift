import CKernels
import Formats

/// Where arithmetic happens: a thread pool, a kernel variant, and working memory.
///
/// Every result has the same bits whatever the variant, the number of threads, and the number of rows computed at once; they
/// depend on the precision alone.
public struct Compute: Sendable {
    /// The threads that kernels are spread over; callers spread their own loops over it too.
    public let pool: ThreadPool
    /// The instruction set in use.
    public let variant: KernelVariant
    /// What products with weights are computed from.
    public let precision: Precision
    let scratch: Scratch
    private let operationsTable: OperationsTable

    /// The C kernels that know no weights.
    struct OperationsTable: @unchecked Sendable {
        let pointer: UnsafePointer<lk_operations>
    }

    /// Starts a pool of that many threads.
    ///
    /// A variant that this processor does not run is replaced by the best that it does.
    public init(
        threads: Int = ThreadPool.processorCount, variant: KernelVariant = .best, precision: Precision = .exact
    ) {
        let usable = variant.isAvailable ? variant : .best
        guard let pointer = lk_operations_of(usable.index) else { preconditionFailure("no kernels for \(usable)") }
        pool = ThreadPool(threads: threads)
        self.variant = usable
        self.precision = precision
        scratch = Scratch(threads: pool.threads)
        operationsTable = OperationsTable(pointer: pointer)
    }

    /// The same threads and kernels in another precision.
    public init(_ other: Compute, precision: Precision) {
        pool = other.pool
        variant = other.variant
        scratch = other.scratch
        operationsTable = other.operationsTable
        self.precision = precision
    }

    var operations: lk_operations { operationsTable.pointer.pointee }
}
