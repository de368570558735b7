import Inference
import Plots
import Surgery

/// What a sweep would compute, told before it is run.
struct SweepForecast {
    let grid: SweepGrid
    /// How many tokens each sequence has.
    let lengths: [Int]
    let owner: ModelValue

    /// One line: how many edits, and how much of their forward passes is computed again.
    func line(_ metric: MetricValue) -> String {
        let layerCount = owner.model.blueprint.layers.count
        var cost = SweepCost()
        for length in lengths {
            let variants = grid.cells.compactMap { $0 }.map { interventions($0, length) }
            let part = Engine.sweepCost(
                of: variants, length: length, layerCount: layerCount, logitsAt: positions(metric, length))
            cost.computedCells += part.computedCells
            cost.fullCells += part.fullCells
        }
        let edits = grid.cells.filter { $0 != nil }.count
        let sequences = lengths.count == 1 ? "" : " in each of \(lengths.count) sequences"
        let share = NumberText.percent(Double(cost.computedCells) / Double(max(1, cost.fullCells)))
        let cells = "\(NumberText.grouped(cost.computedCells)) of \(NumberText.grouped(cost.fullCells)) cells"
        return
            "cost: \(edits) edits\(sequences); computes \(cells) (layer × position) of full passes, \(share); reuses the rest"
    }

    private func interventions(_ cell: SweepGrid.Cell, _ length: Int) -> [Intervention] {
        let positions = cell.positions?.map { $0 < 0 ? $0 + length : $0 }.filter { (0..<length).contains($0) }.sorted()
        return cell.targets.map { Intervention(site: $0.site, part: $0.part, positions: positions, action: .zero) }
    }

    private func positions(_ metric: MetricValue, _ length: Int) -> [Int] {
        if metric.isOverPositions { return Array(0..<length) }
        let place = metric.position.map { $0 < 0 ? $0 + length : $0 } ?? length - 1
        return [min(max(0, place), length - 1)]
    }
}
