/// Encoding one element at a time, for whoever chooses codes otherwise than each by itself.
///
/// Only for schemes that Lancet encodes whose scales are of one row: `rowsTogether` is 1.
extension PackedRoom {
    /// Neighbouring columns that share a scale.
    public var groupLength: Int { scheme.tile.size(rows: rows, columns: columns).columns }

    /// Fixes the scale of a group of one row, as `encode` would.
    /// - Shape: values [columns of the group]; bytes [byteCount].
    public func fixScale(
        of values: UnsafeBufferPointer<Float>, row: Int, group: Int, in bytes: UnsafeMutableRawBufferPointer
    ) {
        var most: Float = 0
        // A comparison that a NaN loses.
        for value in values where value.magnitude > most { most = value.magnitude }
        scaleElement.store(scale(for: most), bytes, at: scalePlace(row, group))
    }

    /// Stores the code nearest to a value under the scale of its group.
    /// - Returns: what the code stands for.
    public func storeNearest(
        _ value: Float, row: Int, column: Int, in bytes: UnsafeMutableRawBufferPointer
    ) -> Float {
        let place = scalePlace(row, column / groupLength)
        let whole = UnsafeRawBufferPointer(bytes)
        let scale = UnsafeRawBufferPointer(rebasing: whole[place..<place + scaleElement.size]).scale(0, scaleElement)
        store(value, scale, row, column, bytes)
        if case .fp8 = scheme { return E4M3.values[Int(E4M3.code(value / scale))] * scale }
        return Float(Self.code(value / scale, scheme.bits)) * scale
    }

    private func scalePlace(_ row: Int, _ group: Int) -> Int {
        let across = scheme.tile.count(rows: rows, columns: columns).across
        return scales.start + (row * across + group) * scaleElement.size
    }
}
