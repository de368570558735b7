import CKernels
import Formats

/// The C kernels for one weight layout in one variant.
struct RowKernels {
    let multiply: lk_multiply
    let decode: lk_decode
    /// Present where elements stand alone.
    let multiplyGrid: lk_multiply_grid?
    let decodeGrid: lk_decode_grid?
    /// What products with coded vectors go by; nil where elements stand alone.
    let coded: UnsafePointer<lk_format>?

    /// The kernels for a format, nil where it has none of its own and `BlockFormat.decode` serves.
    init?(format: BlockFormat, apart: Bool, variant: KernelVariant) {
        var index = 0
        while let entry = lk_format_at(index) {
            index += 1
            guard entry.pointee.format == format.id, (entry.pointee.apart != 0) == apart else { continue }
            guard let multiply = lk_multiply_of(entry, variant.index), let decode = lk_decode_of(entry, variant.index)
            else { return nil }
            self.multiply = multiply
            self.decode = decode
            multiplyGrid = lk_multiply_grid_of(entry, variant.index)
            decodeGrid = lk_decode_grid_of(entry, variant.index)
            coded = lk_has_coded(entry) != 0 ? entry : nil
            return
        }
        return nil
    }
}
