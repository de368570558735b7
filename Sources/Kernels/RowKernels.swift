import CKernels
import Formats

/// The C kernels for one weight layout in one variant.
struct RowKernels {
    let multiply: lk_multiply
    let decode: lk_decode
    /// Present in AVX-512.
    let weave: lk_weave?
    /// Present where elements stand alone.
    let multiplyGrid: lk_multiply_grid?
    let decodeGrid: lk_decode_grid?

    /// A layout's kernels; nil where a variant has none.
    init?(_ layout: RowLayout, _ variant: KernelVariant) {
        guard let multiply = lk_multiply_of(layout.entry, variant.index),
            let decode = lk_decode_of(layout.entry, variant.index)
        else { return nil }
        self.multiply = multiply
        self.decode = decode
        weave = lk_weave_of(layout.entry, variant.index)
        multiplyGrid = lk_multiply_grid_of(layout.entry, variant.index)
        decodeGrid = lk_decode_grid_of(layout.entry, variant.index)
    }
}

/// A weight layout that has kernels of its own: a format, its scales beside the codes or apart from them.
struct RowLayout: @unchecked Sendable {
    /// Its row in a table that never changes.
    fileprivate let entry: UnsafePointer<lk_format>

    /// Nil where the format has none, and `BlockFormat.decode` serves.
    init?(format: BlockFormat, apart: Bool) {
        var index = 0
        while let entry = lk_format_at(index) {
            index += 1
            guard entry.pointee.format == format.id, (entry.pointee.apart != 0) == apart else { continue }
            self.entry = entry
            return
        }
        return nil
    }

    /// What products with coded vectors go by; nil where elements stand alone.
    var coded: UnsafePointer<lk_format>? { lk_has_coded(entry) != 0 ? entry : nil }

    /// Numbers as they are multiplied.
    static let float32 = RowLayout(format: .f32, apart: false)
}
