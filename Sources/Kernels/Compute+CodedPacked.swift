import CKernels

/// Products in `fast` with weights that several tensors say together.
extension Compute {
    /// Rows that are brought to bytes at a time: as many as their codes in memory suit, and a multiple of a panel's.
    private static let narrowedRows = 64

    /// The part of a job that lies in some rows of its matrix, from coded vectors.
    func multiply(_ job: MatmulJob, coded: lk_coded, packed weights: PackedWeights, rows: Range<Int>) {
        guard let runs = weights.runs,
            let format = lk_packed_format(runs.length < Int(lk_coded_block) ? 2 : 1, runs.hasLeasts ? 1 : 0)
        else { return }
        let columns = job.columns
        let numbers = columns / runs.length * runs.numbers
        let height = min(Self.narrowedRows, (rows.count + Self.panelRows - 1) / Self.panelRows * Self.panelRows)
        var coded = coded
        scratch.withFloats(height * (columns / 4 + numbers)) { room in
            let codes = UnsafeMutableRawPointer(room).assumingMemoryBound(to: Int8.self)
            let steps = room + height * columns / 4
            var narrowed = lk_rows(
                weights: UnsafeRawPointer(codes).assumingMemoryBound(to: UInt8.self), stride: columns,
                scales: UnsafeRawPointer(steps).assumingMemoryBound(to: UInt8.self), scales_stride: numbers * 4)
            scratch.withFloats(lk_coded_scratch(job.count) / 4) { work in
                for start in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
                    let part = start..<min(rows.upperBound, start + height)
                    weights.narrow(part, runs, codes: codes, numbers: steps, variant: variant)
                    lk_multiply_coded(
                        format, variant.number, &narrowed, part.count, &coded, job.bias.map { $0 + start },
                        job.y + start, job.rows, work)
                }
            }
        }
    }
}
