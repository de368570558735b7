/// Round-to-nearest encoding, a run of rows at a time.
///
/// The scale of a tile is its largest magnitude over half the codes' span, rounded to the scales' type; codes are
/// chosen for the rounded scale, ties to even. Zero stays zero. Where some columns matter more than others, integers may get a
/// smaller scale, which clips the largest values: the one of ten that leaves the least weighted error.
/// - Source: compressed-tensors, `quantization/utils/helpers.py`, `calculate_qparams`; Lin et al., 2024, AWQ, for clipping.
extension PackedRoom {
    /// Rows that have to be encoded together: as many as share scales or words.
    public var rowsTogether: Int {
        switch scheme {
        case .fp8(.tensor), .words(_, .tensor, _), .bytes(_, .tensor, _): rows
        case .fp8(.block(let height, _)), .bytes(_, .block(let height, _), _), .words(_, .block(let height, _), _):
            height
        default: 1
        }
    }

    /// Whether Lancet makes codes for the scheme: symmetric ones and E4M3, whose words run along rows.
    public static func encodes(_ scheme: PackingScheme) -> Bool {
        switch scheme {
        case .fp8: true
        case .words(let bits, _, let isSymmetric): isSymmetric && 32 % bits == 0 && bits > 1
        case .bytes(_, _, let isSymmetric): isSymmetric
        case .awq, .gptq: false
        }
    }

    /// Encodes rows from a multiple of `rowsTogether` on; runs that do not overlap may be encoded at once.
    /// - Parameter importance: the mean square of what each column is multiplied with, nil where all matter alike.
    /// - Shape: values [range.count, columns]; importance [columns]; bytes [byteCount].
    public func encode(
        _ values: UnsafeBufferPointer<Float>, rows range: Range<Int>, importance: [Float]? = nil,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        precondition(Self.encodes(scheme), "\(scheme.name) is only read")
        let tile = scheme.tile.size(rows: rows, columns: columns)
        let across = scheme.tile.count(rows: rows, columns: columns).across
        for top in stride(from: range.lowerBound, to: range.upperBound, by: tile.rows) {
            let tileRows = top..<min(range.upperBound, top + tile.rows)
            for group in 0..<across {
                let tileColumns = group * tile.columns..<min(columns, (group + 1) * tile.columns)
                var scale = scale(for: largest(values, range.lowerBound, tileRows, tileColumns))
                if let importance {
                    scale = clipped(scale, values, range.lowerBound, tileRows, tileColumns, importance)
                }
                let index = scheme.tile == .tensor ? 0 : top / tile.rows * across + group
                scaleElement.store(scale, bytes, at: scales.start + index * scaleElement.size)
                for row in tileRows {
                    for column in tileColumns {
                        let value = values[(row - range.lowerBound) * columns + column]
                        store(value, scale, row, column, bytes)
                    }
                }
            }
        }
    }

    /// The scale of those from a half to the whole of one that leaves the least weighted error; the largest of equals.
    private func clipped(
        _ whole: Float, _ values: UnsafeBufferPointer<Float>, _ first: Int, _ rows: Range<Int>, _ columns: Range<Int>,
        _ importance: [Float]
    ) -> Float {
        if case .fp8 = scheme { return whole }
        var (best, least) = (whole, Float.infinity)
        importance.withUnsafeBufferPointer { weights in
            for step in 0..<10 {
                let scale = scaleElement.nearest(whole * (1 - Float(step) / 20))
                let error = rows.reduce(Float(0)) { sum, row in
                    let start = (row - first) * self.columns
                    return sum
                        + Self.weightedError(
                            UnsafeBufferPointer(
                                rebasing: values[start + columns.lowerBound..<start + columns.upperBound]),
                            UnsafeBufferPointer(rebasing: weights[columns]), scale, scheme.bits)
                }
                if error < least { (best, least) = (scale, error) }
            }
        }
        return best
    }

    /// Σ w (x − x̂)² over values rounded under a scale, in 16 lanes.
    private static func weightedError(
        _ values: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>, _ scale: Float, _ bits: Int
    ) -> Float {
        typealias Lanes = SIMD16<Float>
        let (inverse, lowest) = (1 / scale, -Float(1 << (bits - 1)))
        // Adding and taking away one and a half times 2²³ rounds to an integer, ties to even.
        let magic = Lanes(repeating: 12_582_912)
        var sum = Lanes.zero
        let (x, w) = (UnsafeRawBufferPointer(values), UnsafeRawBufferPointer(weights))
        let whole = values.count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            let value = x.loadUnaligned(fromByteOffset: start * 4, as: Lanes.self)
            let quotient = (value * inverse).clamped(
                lowerBound: Lanes(repeating: lowest), upperBound: Lanes(repeating: -lowest - 1))
            let difference = value - ((quotient + magic) - magic) * scale
            sum += w.loadUnaligned(fromByteOffset: start * 4, as: Lanes.self) * difference * difference
        }
        var total = sum.sum()
        for index in whole..<values.count {
            let difference = values[index] - Float(code(values[index] / scale, bits)) * scale
            total += weights[index] * difference * difference
        }
        return total
    }

    private func largest(
        _ values: UnsafeBufferPointer<Float>, _ first: Int, _ rows: Range<Int>, _ columns: Range<Int>
    ) -> Float {
        var most: Float = 0
        for row in rows {
            for column in columns {
                let size = values[(row - first) * self.columns + column].magnitude
                // A comparison that a NaN loses.
                if size > most { most = size }
            }
        }
        return most
    }

    /// The scale of a tile, as the scales' type has it: never zero, never infinite.
    func scale(for largest: Float) -> Float {
        let span: Float = if case .fp8 = scheme { E4M3.largest } else { Float(1 << scheme.bits - 1) / 2 }
        guard largest > 0 else { return 1 }
        return scaleElement.nearest(largest / span)
    }

    func store(
        _ value: Float, _ scale: Float, _ row: Int, _ column: Int, _ bytes: UnsafeMutableRawBufferPointer
    ) {
        let quotient = value / scale
        switch scheme {
        case .fp8: bytes[codes.start + row * columns + column] = E4M3.code(quotient)
        case .bytes(let bits, _, _):
            bytes[codes.start + row * columns + column] = UInt8(bitPattern: Int8(Self.code(quotient, bits)))
        case .words(let bits, _, _):
            let place = codes.start + row * codes.shape[1] * 4 + column * bits / 8
            let shift = column * bits % 8
            let code = UInt8(Self.code(quotient, bits) + 1 << (bits - 1))
            let mask = UInt8(1 << bits - 1) << shift
            bytes[place] = bytes[place] & ~mask | code << shift
        case .awq, .gptq: break
        }
    }

    /// The nearest code, ties to even, from −2ᵇ⁻¹ to 2ᵇ⁻¹ − 1; 0 for a NaN.
    static func code(_ quotient: Float, _ bits: Int) -> Int {
        if quotient.isNaN { return 0 }
        let most = Float(1 << (bits - 1))
        return Int(min(max(quotient.rounded(.toNearestOrEven), -most), most - 1))
    }
}

extension PackedPart.Element {
    /// The nearest number of a scale's type that is neither zero nor infinite.
    func nearest(_ value: Float) -> Float {
        switch self {
        case .float16:
            let half = Float16(min(value, 65504))
            return Float(max(half, Float16.leastNonzeroMagnitude))
        case .bfloat16:
            let bits = value.bitPattern
            let rounded = bits &+ 0x7FFF &+ (bits >> 16 & 1)
            return Float(bitPattern: min(max(rounded >> 16, 1), 0x7F7F) << 16)
        default: return max(min(value, .greatestFiniteMagnitude), .leastNonzeroMagnitude)
        }
    }

    /// Stores a number that the type has.
    func store(_ value: Float, _ bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        switch self {
        case .float16:
            bytes.storeBytes(of: Float16(value).bitPattern.littleEndian, toByteOffset: offset, as: UInt16.self)
        case .bfloat16:
            bytes.storeBytes(
                of: UInt16(truncatingIfNeeded: value.bitPattern >> 16).littleEndian, toByteOffset: offset,
                as: UInt16.self)
        default: bytes.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: offset, as: UInt32.self)
        }
    }
}
