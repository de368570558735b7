import CKernels

/// Packed weights as signed bytes under steps, as products in `fast` take them: weight = step · code + least.
///
/// A zero point goes into the code where the difference fits a byte, which it does below eight bits; of bytes it goes into the
/// least.
extension PackedWeights {
    /// Neighbouring columns with one step, and maybe something to add.
    struct Runs {
        /// 32, or 16.
        let length: Int
        let hasLeasts: Bool

        /// Numbers that a run has.
        var numbers: Int { hasLeasts ? 2 : 1 }
    }

    /// How rows fall into runs; nil where weights are no whole numbers under steps (FP8), or where neighbours have different ones
    /// (columns in an order of their own, odd groups).
    var runs: Runs? {
        if case .fp8 = scheme { return nil }
        guard columns > 0, columns.isMultiple(of: Int(lk_coded_block)),
            let length = [32, 16].first(where: { hasRuns(of: $0) })
        else { return nil }
        let isByte = if case .bytes = scheme { true } else { scheme.bits == 8 }
        return Runs(length: length, hasLeasts: scheme.hasZeroPoints && isByte)
    }

    /// Brings rows of the view to signed bytes.
    /// - Shape: codes [range.count, columns]; numbers [range.count, run, step and least].
    func narrow(
        _ range: Range<Int>, _ runs: Runs, codes: UnsafeMutablePointer<Int8>, numbers: UnsafeMutablePointer<Float>,
        variant: KernelVariant
    ) {
        let range = range.lowerBound + firstRow..<range.upperBound + firstRow
        let count = columns / runs.length * runs.numbers
        withScales { scales, zeros, across in
            withUnsafeTemporaryAllocation(of: Int8.self, capacity: columns / 16) { room in
                guard let offsets = room.baseAddress else { return }
                if zeros == nil || runs.hasLeasts {
                    offsets.update(repeating: Int8(clamping: Int(middle)), count: columns / 16)
                }
                forEachRow(range, into: codes, offsets, variant: variant) { row in
                    fill(row, scales: scales, zeros: zeros, across)
                    let out = numbers + (row - range.lowerBound) * count
                    spread(scales, zeros, across, runs, numbers: out, offsets: offsets)
                }
            }
        }
    }

    /// Steps and leasts by run, and what is taken off codes by sixteen columns, from scales and zero points by group.
    private func spread(
        _ scales: UnsafePointer<Float>, _ zeros: UnsafePointer<Float>?, _ across: Int, _ runs: Runs,
        numbers: UnsafeMutablePointer<Float>, offsets: UnsafeMutablePointer<Int8>
    ) {
        // What zero points of bytes are counted from, once codes are signed.
        let signed: Float = if case .gptq = scheme { 128 } else { 0 }
        let sixteens = runs.length / 16
        forEachGroup(runs.length, across) { group, range in
            let scale = scales[group]
            guard runs.hasLeasts else {
                for run in range { numbers[run] = scale }
                guard let zero = zeros?[group] else { return }
                (offsets + range.lowerBound * sixteens).update(
                    repeating: Int8(middle + zero), count: range.count * sixteens)
                return
            }
            let least = (signed - (zeros?[group] ?? 0)) * scale
            for run in range { (numbers[2 * run], numbers[2 * run + 1]) = (scale, least) }
        }
    }

    /// Goes over groups with their runs; over neighbours of one group where columns say theirs one by one.
    private func forEachGroup(_ length: Int, _ across: Int, _ body: (_ group: Int, _ runs: Range<Int>) -> Void) {
        guard let groupIndex else {
            let width = scheme.tile.size(rows: rows, columns: columns).columns
            for group in 0..<across { body(group, group * width / length..<min(columns, (group + 1) * width) / length) }
            return
        }
        groupIndex.withBytes { bytes in
            for run in 0..<columns / length { body(Int(bytes.word(run * length)), run..<run + 1) }
        }
    }

    /// Codes less their offsets, by rows, before each of which `body` may change the offsets.
    private func forEachRow(
        _ range: Range<Int>, into out: UnsafeMutablePointer<Int8>, _ offsets: UnsafePointer<Int8>,
        variant: KernelVariant, _ body: (Int) -> Void
    ) {
        guard let kernels = lk_packed_of(variant.index)?.pointee, hasKernels else {
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { room in
                guard let values = room.baseAddress else { return }
                for row in range {
                    body(row)
                    decodeCodes(row..<row + 1, into: values)
                    let target = out + (row - range.lowerBound) * columns
                    // The middle is taken off already.
                    for i in 0..<columns { target[i] = Int8(values[i] + middle - Float(offsets[i / 16])) }
                }
            }
        }
        forEachRow(range, by: kernels) { row, codes in
            body(row)
            let target = out + (row - range.lowerBound) * columns
            switch codes {
            case .e4m3: preconditionFailure("eight-bit floats are no whole numbers under a step")
            case .bytes(let bytes): kernels.narrow_bytes(bytes, columns, 0, target)
            case .unsigned(let bytes, 8): kernels.narrow_bytes(bytes, columns, 0x80, target)
            case .unsigned(let bytes, _): kernels.narrow_nibbles(bytes, columns, offsets, target)
            case .slots(let words, let shift): kernels.narrow_slots(words, columns, shift, offsets, target)
            }
        }
    }

    /// Whether every so many neighbours from the first column on are of one group.
    private func hasRuns(of length: Int) -> Bool {
        let tile = scheme.tile.size(rows: rows, columns: columns)
        guard let groupIndex else { return tile.columns >= columns || tile.columns.isMultiple(of: length) }
        let groups = scheme.tile.count(rows: rows, columns: columns).across
        return groupIndex.withBytes { bytes in
            stride(from: 0, to: columns, by: length).allSatisfy { start in
                let group = bytes.word(start)
                return group < groups && (start + 1..<start + length).allSatisfy { bytes.word($0) == group }
            }
        }
    }
}
