import Inference

/// The cells of a sweep: what each of them edits, laid out as an array.
public struct SweepGrid: Sendable {
    /// One edit.
    public struct Cell: Sendable {
        public let targets: [Target]
        /// Where; nil for everywhere.
        public let positions: [Int]?

        public init(targets: [Target], positions: [Int]? = nil) {
            self.targets = targets
            self.positions = positions
        }
    }

    /// The axes, first to last, such as `["layer", "head"]`.
    public let axes: [String]
    public let shape: [Int]
    /// What each index of each axis stands for, such as layer numbers.
    public let indices: [[Int]]
    /// Row-major; nil marks a hole, as for the experts of a dense layer.
    public let cells: [Cell?]

    /// A grid of any edits.
    public init(axes: [String], indices: [[Int]], cells: [Cell?]) {
        precondition(axes.count == indices.count && indices.map(\.count).reduce(1, *) == cells.count)
        self.axes = axes
        self.indices = indices
        shape = indices.map(\.count)
        self.cells = cells
    }

    /// Single heads.
    /// - Shape: [layer, head].
    /// - Throws: `SurgeryError` for a layer or head that there is not.
    public static func heads(
        _ kind: SiteKind = .z, layers: [Int], heads: [Int], of blueprint: Blueprint
    ) throws(SurgeryError) -> SweepGrid {
        var cells: [Cell?] = []
        for layer in layers {
            for head in heads { cells.append(Cell(targets: [try .head(head, layer: layer, kind, of: blueprint)])) }
        }
        return SweepGrid(axes: ["layer", "head"], indices: [layers, heads], cells: cells)
    }

    /// A site of whole layers.
    /// - Shape: [layer].
    /// - Throws: `SurgeryError` for a layer that there is not.
    public static func layers(
        _ kind: SiteKind, layers: [Int], of blueprint: Blueprint
    ) throws(SurgeryError) -> SweepGrid {
        var cells: [Cell?] = []
        for layer in layers { cells.append(Cell(targets: [try Target(Site(kind, layer: layer), of: blueprint)])) }
        return SweepGrid(axes: ["layer"], indices: [layers], cells: cells)
    }

    /// Single experts; dense layers and experts beyond a layer's are holes.
    /// - Shape: [layer, expert].
    /// - Throws: `SurgeryError` for a layer that there is not.
    public static func experts(
        _ kind: SiteKind = .expertOut, layers: [Int], experts: [Int], of blueprint: Blueprint
    ) throws(SurgeryError) -> SweepGrid {
        var cells: [Cell?] = []
        for layer in layers {
            let count = blueprint.layers.indices.contains(layer) ? blueprint.layers[layer].expertCount : 1
            for expert in experts {
                let isHole = expert >= count
                cells.append(isHole ? nil : Cell(targets: [try .expert(expert, layer: layer, kind, of: blueprint)]))
            }
        }
        return SweepGrid(axes: ["layer", "expert"], indices: [layers, experts], cells: cells)
    }

    /// The same edits, each at one position at a time.
    /// - Shape: the grid's own, then position.
    public func each(at positions: [Int]) -> SweepGrid {
        SweepGrid(
            axes: axes + ["position"], indices: indices + [positions],
            cells: cells.flatMap { cell in
                positions.map { position in cell.map { Cell(targets: $0.targets, positions: [position]) } }
            })
    }

    /// The same edits at some positions only.
    public func at(_ positions: [Int]) -> SweepGrid {
        SweepGrid(
            axes: axes, indices: indices,
            cells: cells.map { cell in cell.map { Cell(targets: $0.targets, positions: positions) } })
    }
}
