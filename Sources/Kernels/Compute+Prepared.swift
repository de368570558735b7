import CKernels

/// Vectors in the form that matrices are multiplied from, made once for all products that share them.
extension Compute {
    /// What a product reads in the place of its vectors.
    enum PreparedVectors {
        /// The vectors as they are.
        case plain
        case coded(lk_coded)
        case turned(UnsafeMutablePointer<Float>)
    }

    private enum Form { case plain, coded, turned }

    private struct Key: Hashable {
        let x: UnsafePointer<Float>
        let count: Int
        let columns: Int
        let form: Form
    }

    /// Prepares the vectors of all jobs, those that several share once, and lends them in the order of the jobs; nil where no
    /// job needs it.
    func withPreparedVectors(_ jobs: [MatmulJob], _ body: ([PreparedVectors]?) -> Void) {
        guard precision == .fast || jobs.contains(where: { turns($0) }) else { return body(nil) }
        var distinct: [(job: MatmulJob, form: Form)] = []
        var known: [Key: Int] = [:]
        let places: [Int?] = jobs.map { job in
            let form = form(job)
            guard form != .plain else { return nil }
            let key = Key(x: job.x, count: job.count, columns: job.columns, form: form)
            if let place = known[key] { return place }
            known[key] = distinct.count
            distinct.append((job, form))
            return distinct.count - 1
        }
        let sizes = distinct.map { job, form in
            let size = form == .coded ? Self.codedFloats : Self.turnedFloats
            return size(job.count, job.columns)
        }
        scratch.withFloats(sizes.reduce(0, +)) { floats in
            var start = floats
            let prepared = zip(distinct, sizes).map { use, size -> PreparedVectors in
                defer { start += size }
                guard use.form == .coded else { return .turned(start) }
                return .coded(Self.codedRoom(start, count: use.job.count, columns: use.job.columns))
            }
            prepare(distinct.map(\.job), prepared)
            body(places.map { place in place.map { prepared[$0] } ?? .plain })
        }
    }

    /// The form that a job's matrix is multiplied from.
    private func form(_ job: MatmulJob) -> Form {
        if precision == .fast, job.count > 0, job.withMatrix(takesCodedVectors) { return .coded }
        return turns(job) ? .turned : .plain
    }

    /// Brings vectors into their forms, on all threads where there are many.
    private func prepare(_ jobs: [MatmulJob], _ prepared: [PreparedVectors]) {
        var parts: [(place: Int, part: Range<Int>)] = []
        for (place, job) in jobs.enumerated() {
            let (items, width) =
                if case .turned = prepared[place] {
                    (Self.turnedTiles(count: job.count), Int(lk_turned_vectors))
                } else {
                    (job.count, 1)
                }
            let step = max(1, Self.preparedAtOnce / max(1, width * job.columns))
            for start in stride(from: 0, to: items, by: step) {
                parts.append((place, start..<min(items, start + step)))
            }
        }
        func run(_ index: Int) {
            let (place, part) = parts[index]
            let job = jobs[place]
            switch prepared[place] {
            case .plain: break
            case .coded(var coded): lk_code_of(variant.index)?(job.x, part.lowerBound, part.upperBound, &coded)
            case .turned(let turned):
                operations.turn_vectors(
                    job.x, job.count, job.columns, part.lowerBound, part.upperBound, turned)
            }
        }
        if parts.count < 4 { parts.indices.forEach(run) } else { pool.forEach(parts.count, run) }
    }

    /// Elements that a thread prepares before it looks for more.
    private static let preparedAtOnce = 1 << 14
}
