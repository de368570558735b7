/// Who has memory and who gets it. All of it runs inside the cache's lock.
extension PageCache {
    /// Waits for readers.
    func wait(until isDone: () -> Bool) {
        if waiting == 0 { waitingSince = .now }
        waiting += 1
        while !isDone() { monitor.wait() }
        waiting -= 1
        if waiting == 0 { statistics.waitingSeconds += (.now - waitingSince) / .seconds(1) }
    }

    /// Memory for a unit: free, taken from the unit that is needed last, or fresh.
    /// - Returns: nil where all of it is in use.
    func takeSlab(_ count: Int) -> Slab? {
        if let slab = spare[count]?.popLast() { return slab }
        while held + count > allowed {
            guard let slab = takeSpare() ?? nextToLeave().flatMap({ release($0) }) else { return nil }
            if slab.count == count { return slab }
            slab.free()
            held -= slab.count
        }
        guard let slab = Slab(count) else { return nil }
        held += count
        fresh += count
        return slab
    }

    func takeSpare() -> Slab? {
        guard let size = spare.first(where: { !$0.value.isEmpty })?.key else { return nil }
        return spare[size]?.popLast()
    }

    /// The unit that may leave and is needed last, or one of the last.
    func nextToLeave() -> PagedUnit? {
        if let unit = takeLeaving() { return unit }
        findLeaving()
        return takeLeaving()
    }

    private func takeLeaving() -> PagedUnit? {
        while let unit = leaving.popLast() { if unit.slab != nil, unit.mayLeave { return unit } }
        return nil
    }

    /// Looks for the units that are needed last, so many at once that looking takes little time.
    func findLeaving() {
        var waits: [(wait: Double, unit: PagedUnit)] = []
        for unit in resident where unit.mayLeave {
            let wait = expectedWait(unit)
            if waits.count == Self.mostLeaving {
                if wait <= waits[0].wait { continue }
                waits.removeFirst()
            }
            var place = waits.count
            while place > 0, waits[place - 1].wait > wait { place -= 1 }
            waits.insert((wait, unit), at: place)
        }
        leaving = waits.map(\.unit)
    }

    /// Units that are found at a time: about as many as a layer reads.
    private static let mostLeaving = 12

    private func expectedWait(_ unit: PagedUnit) -> Double {
        guard let layer = unit.layer else { return .greatestFiniteMagnitude }
        let distance = (layer - pass.layer - 1) % pass.layers
        return unit.usage.expectedWait(
            at: clock, distance: distance < 0 ? distance + pass.layers + 1 : distance + 1, layers: pass.layers,
            tokens: pass.tokens)
    }

    /// Takes a unit's memory from it.
    func release(_ unit: PagedUnit) -> Slab? {
        guard var slab = unit.slab else { return nil }
        if slab.isFresh { settle(&slab) }
        unit.slab = nil
        unit.isExpected = false
        unit.isBroken = false
        let last = resident.removeLast()
        if last !== unit {
            resident[unit.number] = last
            last.number = unit.number
        }
        return slab
    }

    /// Counts a slab as memory that is taken, as it is written to.
    private func settle(_ slab: inout Slab) {
        slab.isFresh = false
        fresh -= slab.count
    }

    /// Takes a unit's memory from it, and keeps it for others.
    func drop(_ unit: PagedUnit) {
        if let slab = release(unit) { spare[slab.count, default: []].append(slab) }
    }

    /// Begins to read a unit into memory.
    func begin(_ unit: PagedUnit, _ slab: Slab, _ haste: ReadCrew.Haste) {
        unit.slab = slab
        unit.missing = []
        unit.number = resident.count
        resident.append(unit)
        var pieces: [ReadCrew.Piece] = []
        for read in unit.reads {
            let step = ReadCrew.pieceBytes
            for start in stride(from: read.window.lowerBound, to: read.window.upperBound, by: step) {
                let window = start..<min(start + step, read.window.upperBound)
                let place = read.place + start - read.window.lowerBound
                unit.missing.append(place..<place + window.count)
                pieces.append(
                    ReadCrew.Piece(
                        cache: self, unit: unit, file: read.file, window: window, target: slab.base + UInt(place)))
            }
        }
        unit.pending = pieces.count
        crew.add(pieces, haste)
    }

    /// Takes back what was to be read ahead and is not wanted any more, unless its reading has begun.
    func cancel(_ unit: PagedUnit) {
        guard crew.cancel(unit, pieces: unit.pending) else { return }
        unit.pending = 0
        drop(unit)
    }

    /// A reader has read a piece, or could not.
    func finished(_ piece: ReadCrew.Piece, _ failure: StorageError?) {
        if failure != nil, let target = UnsafeMutableRawPointer(bitPattern: piece.target) {
            // Whoever waits goes on with zeros, up to where the failure is noticed.
            target.initializeMemory(as: UInt8.self, repeating: 0, count: piece.window.count)
        }
        // Known before anyone who waits for the unit goes on.
        if let failure { fail(failure) }
        monitor.withLock {
            let unit = piece.unit
            statistics.bytesRead += piece.window.count
            if failure != nil { unit.isBroken = true }
            unit.pending -= 1
            if let slab = unit.slab {
                let place = Int(piece.target - slab.base)
                unit.missing.removeAll { $0.lowerBound == place }
            }
            monitor.announce()
            guard unit.pending == 0 else { return }
            if var slab = unit.slab, slab.isFresh {
                settle(&slab)
                unit.slab = slab
            }
            if unit.isBroken, unit.pins == 0, !unit.isKept { drop(unit) }
        }
    }

    /// Lends a unit's memory until `unpin`, once a range of it has been read.
    /// - Returns: nil where there is no room for it.
    func pin(_ unit: PagedUnit, _ range: Range<Int>) -> Slab? {
        monitor.withLock {
            if unit.slab == nil {
                guard let slab = takeSlab(unit.slabBytes) else { return nil }
                begin(unit, slab, .now)
            }
            unit.pins += 1
            if unit.pending > 0 { crew.hasten(unit) }
            if !unit.holds(range) { wait { unit.holds(range) } }
            return unit.slab
        }
    }

    func unpin(_ unit: PagedUnit) {
        monitor.withLock {
            unit.pins -= 1
            if unit.pins == 0, unit.isBroken { drop(unit) }
        }
    }
}
