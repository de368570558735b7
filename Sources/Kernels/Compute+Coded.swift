import CKernels

/// Products in `fast`: vectors are coded once, then meet the weights' own whole numbers.
extension Compute {
    /// Rows that a kernel takes at a time.
    static let panelRows = Int(lk_panel_rows)

    /// The coded vectors of some jobs, by the job's place; nil where its weights are multiplied as in `exact`.
    struct CodedJobs {
        let vectors: [lk_coded]
        /// The place among `vectors`.
        let places: [Int?]

        subscript(_ job: Int) -> lk_coded? { places[job].map { vectors[$0] } }
    }

    /// Codes the vectors of all jobs that take coded ones, those that several share once, and lends them.
    func withCodedVectors(_ jobs: [MatmulJob], _ body: (CodedJobs) -> Void) {
        var distinct: [MatmulJob] = []
        var known: [VectorKey: Int] = [:]
        let places: [Int?] = jobs.map { job in
            guard job.count > 0, takesCodedVectors(job.matrix) else { return nil }
            let key = VectorKey(x: job.x, count: job.count, columns: job.matrix.columns)
            if let place = known[key] { return place }
            known[key] = distinct.count
            distinct.append(job)
            return distinct.count - 1
        }
        let sizes = distinct.map { Self.codedFloats(count: $0.count, columns: $0.matrix.columns) }
        scratch.withFloats(sizes.reduce(0, +)) { floats in
            var start = floats
            let vectors = zip(distinct, sizes).map { job, size in
                defer { start += size }
                return Self.codedRoom(start, count: job.count, columns: job.matrix.columns)
            }
            code(distinct, vectors)
            body(CodedJobs(vectors: vectors, places: places))
        }
    }

    private struct VectorKey: Hashable {
        let x: UnsafePointer<Float>
        let count: Int
        let columns: Int
    }

    /// Whether a matrix's rows are runs of whole numbers under a step.
    func takesCodedVectors(_ matrix: Matrix) -> Bool {
        switch matrix.layout {
        case .rows, .scalesApart:
            guard matrix.columns > 0, matrix.columns % Int(lk_coded_block) == 0 else { return false }
            return RowKernels(
                format: matrix.format, apart: matrix.layout.keepsScalesApart, variant: variant)?.coded != nil
        case .packed(let weights): return weights.runs != nil
        case .strided: return false
        }
    }

    /// The part of a job that lies in some rows of its matrix, from coded vectors.
    func multiply(_ job: MatmulJob, coded: lk_coded, rows: Range<Int>) {
        let matrix = job.matrix
        if case .packed(let weights) = matrix.layout {
            return rows.isEmpty ? () : multiply(job, coded: coded, packed: weights, rows: rows)
        }
        guard !rows.isEmpty,
            let format = RowKernels(
                format: matrix.format, apart: matrix.layout.keepsScalesApart, variant: variant)?.coded
        else { return }
        var coded = coded
        scratch.withFloats(lk_coded_scratch(job.count) / 4) { room in
            withRows(matrix, rows: rows) { encoded in
                var encoded = encoded
                lk_multiply_coded(
                    format, variant.number, &encoded, rows.count, &coded, job.bias.map { $0 + rows.lowerBound },
                    job.y + rows.lowerBound, matrix.rows, room)
            }
        }
    }

    /// Codes vectors, on all threads where there are many.
    private func code(_ jobs: [MatmulJob], _ vectors: [lk_coded]) {
        guard let code = lk_code_of(variant.index) else { return }
        var parts: [(job: Int, vectors: Range<Int>)] = []
        for (index, job) in jobs.enumerated() {
            let step = max(1, Self.codedAtOnce / max(1, job.matrix.columns))
            for start in stride(from: 0, to: job.count, by: step) {
                parts.append((index, start..<min(job.count, start + step)))
            }
        }
        func run(_ part: (job: Int, vectors: Range<Int>)) {
            var coded = vectors[part.job]
            code(jobs[part.job].x, part.vectors.lowerBound, part.vectors.upperBound, &coded)
        }
        if parts.count < 4 { parts.forEach(run) } else { pool.forEach(parts.count) { run(parts[$0]) } }
    }

    /// Elements that a thread codes before it looks for more.
    private static let codedAtOnce = 1 << 14

    /// The memory that coded vectors take.
    /// - Units: floats, a whole number of cache lines.
    private static func codedFloats(count: Int, columns: Int) -> Int {
        let room = lk_coded_room(count)
        return (room * columns / 4 + 7 * room * (columns / Int(lk_coded_block)) + 15) / 16 * 16
    }

    /// Coded vectors of undefined content in memory of `codedFloats` floats.
    private static func codedRoom(_ start: UnsafeMutablePointer<Float>, count: Int, columns: Int) -> lk_coded {
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
