/// One product of some vectors with one matrix, done along with others in a single parallel region.
///
/// It keeps nothing alive, neither what its pointers lead to nor the matrix: thousands of jobs are handed about while they are
/// done, by several threads at once, and each would count references.
public struct MatmulJob {
    /// `count` vectors of `matrix.columns` elements, one after another.
    public let x: UnsafePointer<Float>
    public let count: Int
    private let reference: Unmanaged<Matrix>
    /// One element a row of the matrix, added to each product.
    public let bias: UnsafePointer<Float>?
    /// Receives `count` vectors of `matrix.rows` elements.
    public let y: UnsafeMutablePointer<Float>
    /// The matrix's, here so that looking at a job's size counts no reference.
    let rows: Int
    let columns: Int
    /// Whether the matrix's rows lie across its memory.
    let isStrided: Bool

    /// A product y = x · matrixᵀ + bias.
    public init(
        x: UnsafePointer<Float>, count: Int, matrix: Matrix, bias: UnsafePointer<Float>? = nil,
        y: UnsafeMutablePointer<Float>
    ) {
        self.x = x
        self.count = count
        reference = .passUnretained(matrix)
        self.bias = bias
        self.y = y
        rows = matrix.rows
        columns = matrix.columns
        isStrided = if case .strided = matrix.layout { true } else { false }
    }

    /// Lends the matrix, which the job's maker keeps.
    func withMatrix<Result>(_ body: (Matrix) -> Result) -> Result { reference._withUnsafeGuaranteedRef(body) }

    /// Multiplications it takes.
    var work: Int { count * rows * columns }
}
