import Inference
import Scoring
import Tensors

/// What a sweep measured, shaped as its grid.
public struct SweepResult: Sendable {
    public let grid: SweepGrid
    /// The metric's value for each cell, row-major; not a number in holes and where the edit never came to bear.
    public let cells: [Double]
    /// The metric without any edit: of the run patched into, or of the model.
    public let base: Double
    /// The metric of the run patched from; nil for ablations.
    public let source: Double?
    /// What makes a value 0 as the run patched into and 1 as the one patched from; nil for ablations, and where the two
    /// hardly differ.
    public let normalization: Normalization?
    /// Labels of cells whose edit never came to bear.
    public let silent: [String]
    /// What to keep in mind, such as why there are no normalised values.
    public let warnings: [String]
    /// The metric's label, unit and direction.
    public let label: String
    public let unit: String
    public let direction: Direction
    /// What each value is the mean of: items, or tokens of a loss; 1 for a single run.
    public let n: Int
    public let cost: SweepCost

    /// The values.
    /// - Shape: the grid's.
    public var tensor: Tensor { tensor(cells) }

    /// The values from 0 (unpatched) to 1 (as the run patched from).
    public var normalized: Tensor? { normalization.map { scale in tensor(cells.map { scale($0) }) } }

    private func tensor(_ values: [Double]) -> Tensor {
        Tensor(shape: grid.shape, axes: grid.axes, values: values.map(Float.init))
    }
}
