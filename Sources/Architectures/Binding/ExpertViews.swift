import Formats
import Inference
import Kernels
import Storage

/// The matrices that one tensor holds for one part: one, or one an expert, each a view.
///
/// With P parts whose rows alternate (gate and up: P = 2), part p of expert e of an `R × C` matrix lies
///
///     rows        [E, P·R, C]        row r at ((e·P·R) + P·r + p) · C
///     transposed  [E, C, P·R]        element (r, c) at ((e·C) + c)·P·R + P·r + p
///     blocks      [E, P·R, C/32, 16] row r at (((e·P·R) + P·r + p) · C/32) · 16, its scales likewise without the 16
///
/// and of a vector of C elements, element c at e·P·C + P·c + p.
struct ExpertViews {
    private let rows: Int
    private let columns: Int
    private let format: BlockFormat
    private let entry: TensorEntry
    /// Bytes of an expert's part of the tensor.
    private let expertStride: Int
    private let partOffset: Int
    private let rowStride: Int
    private let layout: Layout

    private enum Layout {
        case rows
        case strided(columnStride: Int)
        case scalesApart(TensorEntry, expertStride: Int, partOffset: Int, rowStride: Int)
    }

    /// Views over a tensor whose shape has been checked.
    /// - Throws: `BindingError` for a format that Lancet does not read, or that cannot lie so.
    init(
        entry: TensorEntry, scales: TensorEntry?, form: TensorForm, part: Role.Part, index: Int, parts: Int,
        dimensions: (rows: Int, columns: Int)
    ) throws(BindingError) {
        self.entry = entry
        (rows, columns) = dimensions
        if let scales {
            let blocks = columns / 32
            guard columns % 32 == 0 else { throw Self.unreadable(entry, "rows of \(columns) are not whole blocks") }
            format = .mxfp4
            rowStride = parts * blocks * 16
            expertStride = rows * rowStride
            partOffset = index * blocks * 16
            layout = .scalesApart(
                scales, expertStride: rows * parts * blocks, partOffset: index * blocks, rowStride: parts * blocks)
            return
        }
        guard let format = entry.format.blockFormat else {
            throw Self.unreadable(entry, "its type \(entry.format.name) is not supported yet")
        }
        self.format = format
        let isTransposed = form.arrangement == .transposed && !part.isVector
        guard isTransposed || (part.isVector && parts > 1) else {
            guard let bytes = format.rowBytes(columns) else {
                throw Self.unreadable(entry, "rows of \(columns) are not whole \(format.name) blocks")
            }
            rowStride = parts * bytes
            expertStride = rows * rowStride
            partOffset = index * bytes
            layout = .rows
            return
        }
        guard format.blockLength == 1 else {
            throw Self.unreadable(entry, "\(format.name) blocks do not run along its rows")
        }
        let size = format.blockBytes
        partOffset = index * size
        expertStride = parts * rows * columns * size
        rowStride = isTransposed ? parts * size : parts * columns * size
        layout = .strided(columnStride: isTransposed ? parts * rows * size : parts * size)
    }

    /// The matrix of one expert, or the only one.
    func matrix(_ expert: Int) -> Matrix {
        let view: Matrix.Layout =
            switch layout {
            case .rows: .rows
            case .strided(let columnStride): .strided(columnStride: columnStride)
            case .scalesApart(let scales, let stride, let offset, let rowStride):
                .scalesApart(
                    scales: scales.source, scalesOffset: scales.offset + expert * stride + offset,
                    scalesStride: rowStride)
            }
        return Matrix(
            rows: rows, columns: columns, format: format, source: entry.source,
            offset: entry.offset + expert * expertStride + partOffset, rowStride: rowStride, layout: view)
    }

    private static func unreadable(_ entry: TensorEntry, _ why: String) -> BindingError {
        let names = BlockFormats.all.map(\.name).joined(separator: ", ")
        return BindingError(
            code: "binding.type", subject: entry.name, message: why,
            remedy: "Lancet reads \(names): convert the checkpoint to one of them")
    }
}
