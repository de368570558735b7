import CKernels

/// Products in `fast`: vectors are coded once, then meet the weights' own whole numbers.
extension Compute {
    /// Rows that a kernel takes at a time.
    static let panelRows = Int(lk_panel_rows)

    /// Whether a matrix's rows are runs of whole numbers under a step, so that `fast` codes what it is multiplied with; it is
    /// `exact` in both precisions otherwise.
    public func takesCodedVectors(_ matrix: Matrix) -> Bool {
        switch matrix.layout {
        case .rows, .scalesApart:
            guard matrix.columns > 0, matrix.columns % Int(lk_coded_block) == 0 else { return false }
            return matrix.rowLayout?.coded != nil
        case .packed(let weights): return weights.runs != nil
        case .strided: return false
        }
    }

    /// The part of a job that lies in some rows of its matrix, from coded vectors.
    func multiply(_ job: MatmulJob, coded: lk_coded, rows: Range<Int>) {
        job.withMatrix { multiply(job, by: $0, coded: coded, rows: rows) }
    }

    private func multiply(_ job: MatmulJob, by matrix: Matrix, coded: lk_coded, rows: Range<Int>) {
        if case .packed(let weights) = matrix.layout {
            return rows.isEmpty ? () : multiply(job, coded: coded, packed: weights, rows: rows)
        }
        guard !rows.isEmpty, let format = matrix.rowLayout?.coded else { return }
        var coded = coded
        scratch.withFloats(lk_coded_scratch(job.count) / 4) { room in
            withRows(matrix, rows: rows) { encoded in
                var encoded = encoded
                lk_multiply_coded(
                    format, variant.number, &encoded, rows.count, &coded, job.bias.map { $0 + rows.lowerBound },
                    job.y + rows.lowerBound, job.rows, room)
            }
        }
    }

    /// The memory that coded vectors take.
    /// - Units: floats, a whole number of cache lines.
    static func codedFloats(count: Int, columns: Int) -> Int {
        let room = lk_coded_room(count)
        return (room * columns / 4 + 7 * room * (columns / Int(lk_coded_block)) + 15) / 16 * 16
    }

    /// Coded vectors of undefined content in memory of `codedFloats` floats.
    static func codedRoom(_ start: UnsafeMutablePointer<Float>, count: Int, columns: Int) -> lk_coded {
        let room = lk_coded_room(count)
        let blocks = columns / Int(lk_coded_block)
        let codes = UnsafeMutableRawPointer(start).assumingMemoryBound(to: Int8.self)
        var next = start + room * columns / 4
        func take(_ width: Int) -> UnsafeMutablePointer<Float> {
            defer { next += room * width }
            return next
        }
        func takeWhole(_ width: Int) -> UnsafeMutablePointer<Int32> {
            UnsafeMutableRawPointer(take(width)).assumingMemoryBound(to: Int32.self)
        }
        return lk_coded(
            columns: columns, count: count, codes: codes, steps: take(blocks),
            starts: (takeWhole(blocks), takeWhole(2 * blocks)), totals: (take(blocks), take(2 * blocks)))
    }
}
