/// One product of some vectors with one matrix, done along with others in a single parallel region.
public struct MatmulJob {
    /// `count` vectors of `matrix.columns` elements, one after another.
    public let x: UnsafePointer<Float>
    public let count: Int
    public let matrix: Matrix
    /// One element a row of the matrix, added to each product.
    public let bias: UnsafePointer<Float>?
    /// Receives `count` vectors of `matrix.rows` elements.
    public let y: UnsafeMutablePointer<Float>
    /// The matrix's, here so that looking at a job's size counts no reference.
    let rows: Int
    let columns: Int

    /// A product y = x · matrixᵀ + bias.
    public init(
        x: UnsafePointer<Float>, count: Int, matrix: Matrix, bias: UnsafePointer<Float>? = nil,
        y: UnsafeMutablePointer<Float>
    ) {
        self.x = x
        self.count = count
        self.matrix = matrix
        self.bias = bias
        self.y = y
        rows = matrix.rows
        columns = matrix.columns
    }

    /// Multiplications it takes.
    var work: Int { count * rows * columns }
}
