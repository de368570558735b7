import Tensors

extension Compute {
    /// y[m × rows] = x[m × columns] · wᵀ + bias, in the canonical order, whatever the matrix's layout and format.
    /// - Shape: x [count, w.columns], bias [w.rows], y [count, w.rows].
    /// - Complexity: O(count · rows · columns); reads every encoded byte of w once for few vectors.
    public func multiply(
        _ x: UnsafePointer<Float>, count: Int, by w: Matrix, bias: UnsafePointer<Float>? = nil,
        into y: UnsafeMutablePointer<Float>
    ) {
        multiply([MatmulJob(x: x, count: count, matrix: w, bias: bias, y: y)])
    }

    /// Several products in one parallel region, such as the chosen experts of one layer.
    ///
    /// Rows are handed out in runs of about equal work, so experts with many vectors and experts with few share the
    /// threads evenly. The caller keeps the matrices alive.
    public func multiply(_ jobs: [MatmulJob]) {
        withPreparedVectors(jobs) { multiply(jobs, from: $0) }
    }

    /// The products in one parallel region, from prepared vectors where there are any.
    private func multiply(_ jobs: [MatmulJob], from prepared: [PreparedVectors]?) {
        func multiply(_ index: Int, rows: Range<Int>) {
            switch prepared?[index] ?? .plain {
            case .plain: self.multiply(jobs[index], rows: rows)
            case .coded(let vectors): self.multiply(jobs[index], coded: vectors, rows: rows)
            case .turned(let vectors): self.multiply(jobs[index], turned: vectors, rows: rows)
            }
        }
        var work = 0
        for index in jobs.indices { work += jobs[index].work }
        guard work > Self.smallestSharedWork, pool.threads > 1 else {
            for index in jobs.indices { multiply(index, rows: 0..<jobs[index].rows) }
            return
        }
        let share = max(Self.smallestSharedWork / 2, work / (pool.threads * 8))
        var runs: [(job: Int, rows: Range<Int>)] = []
        runs.reserveCapacity(2 * jobs.count)
        for index in jobs.indices where jobs[index].count > 0 {
            let job = jobs[index]
            // What is encoded on first reading is encoded here by all threads, not inside the loop by one.
            job.withMatrix { if $0.isDeferred { $0.source.prepare() } }
            let step = runLength(job, from: prepared?[index] ?? .plain, share: share)
            for start in stride(from: 0, to: job.rows, by: step) {
                runs.append((index, start..<min(job.rows, start + step)))
            }
        }
        pool.forEach(runs.count) { multiply(runs[$0].job, rows: runs[$0].rows) }
    }

    /// Multiplications below which waking another thread costs more than it saves.
    static let smallestSharedWork = 1 << 17

    /// Rows a run takes for its share of the work, a multiple of the rows that a register tile or a panel takes.
    private func runLength(_ job: MatmulJob, from vectors: PreparedVectors, share: Int) -> Int {
        let together =
            switch vectors {
            case .plain: weaves(job) ? Self.wovenRows : 4
            case .coded: Self.panelRows
            case .turned: Self.turnedRows
            }
        let rows = max(1, share / (job.count * max(1, job.columns)) / together) * together
        guard job.isStrided else { return rows }
        // Down a column only long runs are fast, so balance comes second.
        return max(rows, (job.rows / pool.threads + 15) / 16 * 16)
    }

    /// Decodes one row, whatever its layout.
    /// - Shape: values [matrix.columns].
    public func decodeRow(_ matrix: Matrix, row: Int, into values: UnsafeMutablePointer<Float>) {
        decode(matrix, rows: row..<row + 1, into: values)
    }

    /// Decodes some rows, one after another; faster than row by row where neighbouring rows share words.
    /// - Shape: values [rows.count, matrix.columns].
    public func decodeRows(_ matrix: Matrix, _ rows: Range<Int>, into values: UnsafeMutablePointer<Float>) {
        decode(matrix, rows: rows, into: values)
    }
}
