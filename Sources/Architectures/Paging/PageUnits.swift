import Inference
import Kernels
import Storage

/// How a checkpoint falls into what comes into memory together: an expert's weights in one layer each, and everything else
/// but the table of embeddings, whose rows are read singly.
struct PageUnits {
    private typealias Part = (file: Int, range: Range<Int>)

    private let numbers: [ObjectIdentifier: Int]
    private let model: Model

    /// Gaps up to here between tensors that are used together are read along.
    /// - Units: bytes.
    private static let smallestGap = 1 << 12

    init(_ model: Model, files: [MappedFile]) {
        self.model = model
        numbers = Dictionary(files.enumerated().map { (ObjectIdentifier($1), $0) }, uniquingKeysWith: { a, _ in a })
    }

    /// Tells the checkpoint's files which of their ranges come into memory together; they know it for as long as they are
    /// open, should memory be bounded one day.
    func tell(_ files: [MappedFile]) {
        let layers = model.blueprint.layers
        // The layout makes itself known to the files, which keep it.
        _ = PageLayout(
            files, units: units, layerCount: layers.count, activeExperts: layers.map(\.activeExpertCount).max() ?? 0)
    }

    /// The units, experts by layer and number.
    var units: [PageUnit] {
        var experts: [Role: [(use: Role.Part, part: Part)]] = [:]
        var always: [Part] = []
        for (role, matrix) in model.tensors {
            let isTable = role.part == .embedding && !model.blueprint.tiedEmbeddings
            if isTable { continue }
            if let layer = role.layer, let expert = role.expert, !role.part.isVector {
                experts[Role(.gate, layer: layer, expert: expert), default: []] += parts(matrix).map { (role.part, $0) }
            } else {
                always += parts(matrix)
            }
        }
        return merged(always).map { PageUnit(.always, parts: [$0]) }
            + experts.sorted { $0.key < $1.key }.map { role, parts in
                PageUnit(.expert(layer: role.layer ?? 0), parts: inOrder(parts))
            }
    }

    /// An expert's ranges in the order in which a layer uses them, one for each matrix; those that share bytes are one.
    private func inOrder(_ parts: [(use: Role.Part, part: Part)]) -> [Part] {
        var ordered: [Part] = []
        for use in Self.order {
            for part in merged(parts.lazy.filter { $0.use == use }.map(\.part), gap: 0) {
                let known = ordered.firstIndex { $0.file == part.file && $0.range.overlaps(part.range) }
                guard let known else {
                    ordered.append(part)
                    continue
                }
                let range = ordered[known].range
                ordered[known].range =
                    min(range.lowerBound, part.range.lowerBound)..<max(range.upperBound, part.range.upperBound)
            }
        }
        return ordered
    }

    private static let order: [Role.Part] = [.gate, .up, .down]

    private func parts(_ matrix: Matrix) -> [Part] {
        matrix.extents.compactMap { source, range in
            numbers[ObjectIdentifier(source)].map { ($0, range) }
        }
    }

    /// The ranges in file order, those that touch as one.
    private func merged(_ parts: [Part], gap: Int = smallestGap) -> [Part] {
        var merged: [Part] = []
        for part in parts.sorted(by: { ($0.file, $0.range.lowerBound) < ($1.file, $1.range.lowerBound) }) {
            if let last = merged.last, last.file == part.file, part.range.lowerBound <= last.range.upperBound + gap {
                merged[merged.count - 1].range =
                    last.range.lowerBound..<max(last.range.upperBound, part.range.upperBound)
            } else {
                merged.append(part)
            }
        }
        return merged
    }
}
