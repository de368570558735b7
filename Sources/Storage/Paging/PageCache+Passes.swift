import Tensors

/// An expert that a layer is about to use.
public struct PageNeed: Sendable {
    let units: [PagedUnit]
    let tokens: Int

    /// An expert by the first bytes of its matrices, and how many tokens of the pass use it.
    ///
    /// What lies in no paged file needs nothing: it is lent by its own source.
    public init(_ places: [(source: any ByteSource, range: Range<Int>)], tokens: Int) {
        var units: [PagedUnit] = []
        for (source, range) in places {
            guard let file = source as? MappedFile, let paged = file.paged,
                let unit = paged.place(of: range)?.unit, !units.contains(where: { $0 === unit })
            else { continue }
            units.append(unit)
        }
        self.units = units
        self.tokens = tokens
    }

    init(_ units: [PagedUnit], tokens: Int) {
        self.units = units
        self.tokens = tokens
    }

    fileprivate var isReady: Bool { units.allSatisfy(\.isReady) }
    /// Whether computing can begin with it, as at most what is used last is still being read.
    fileprivate var mayBegin: Bool { isReady || units.count > 1 && units.dropLast().allSatisfy(\.isReady) }
}

/// What a forward pass tells the cache, layer by layer.
extension PageCache {
    /// Experts lent at a time where a layer uses many, so that reading the next goes on beside computing with these.
    private static let mostAtOnce = 8
    /// Experts being read at a time.
    private static let mostOnTheirWay = 6
    /// Matrices of experts read ahead at a time.
    private static let mostAhead = 12

    /// A pass begins that goes over some tokens, and reads what all tokens need of some checkpoints.
    ///
    /// Should there be no room for that, or no way to read it, the next `check()` says so.
    public func beginPass(keeping layouts: [PageLayout], tokens: Int, layers: Int) {
        do throws(StorageError) { try keep(layouts) } catch { fail(error) }
        monitor.withLock {
            clock += Double(tokens)
            statistics.tokens += tokens
            pass = (0, max(1, layers), max(1, tokens))
            for unit in resident { unit.isExpected = false }
            foresight.clear()
            leaving = []
            renewRoom()
        }
        if let excess { fail(excess) }
    }

    /// What to say where the process takes more than its limit although all has left that can.
    private var excess: StorageError? {
        monitor.withLock {
            let beyond = held - allowed - slack
            guard beyond > 0 else { return nil }
            return StorageError(
                .noMemory, file: "", "what is not paged takes the process \(Self.text(beyond)) beyond its limit",
                remedy: "set a larger memory limit, work on shorter texts, or save what was quantized and open that")
        }
    }

    /// Calls the body with the numbers of experts until each had its turn: those that are in memory first, the others in the
    /// order in which they are read, while they are. They stay until the body returns; whoever asks for bytes that have not
    /// arrived waits for them.
    public func withUnits(_ needs: [PageNeed], layer: Int, _ body: ([Int]) -> Void) {
        var waiting = Array(needs.indices)
        var coming: [Int] = []
        monitor.withLock { meet(needs, layer: layer) }
        while !waiting.isEmpty || !coming.isEmpty {
            var batch = monitor.withLock { nextBatch(needs, &waiting, &coming) }
            let isPinned = !batch.isEmpty
            // Without room for a single one, its bytes are read as they are asked for.
            if !isPinned { batch = [waiting.removeFirst()] }
            body(batch)
            guard isPinned else { continue }
            for unit in batch.flatMap({ needs[$0].units }) { unpin(unit) }
        }
    }

    /// Counts what a layer uses, and gives up what was guessed wrongly.
    private func meet(_ needs: [PageNeed], layer: Int) {
        pass.layer = layer
        renewRoom()
        var used: Set<ObjectIdentifier> = []
        for need in needs {
            for unit in need.units {
                used.insert(ObjectIdentifier(unit))
                unit.usage.count(need.tokens, at: clock)
                statistics.uses += 1
                if unit.isReady {
                    statistics.hits += 1
                } else if unit.slab != nil {
                    statistics.early += 1
                }
            }
        }
        let guessed = foresight.resolve(layer: layer)
        for unit in guessed {
            unit.isExpected = false
            if !used.contains(ObjectIdentifier(unit)), unit.pending > 0, unit.pins == 0 { cancel(unit) }
        }
        let right = guessed.count { used.contains(ObjectIdentifier($0)) }
        foresight.learn(right: right, of: guessed.count)
        statistics.foreseen += guessed.count
        statistics.foreseenUsed += right
    }

    /// The next experts whose turn it is, pinned; empty where none can be had.
    private func nextBatch(_ needs: [PageNeed], _ waiting: inout [Int], _ coming: inout [Int]) -> [Int] {
        var batch: [Int] = []
        for index in waiting where needs[index].isReady && batch.count < Self.mostAtOnce {
            for unit in needs[index].units { unit.pins += 1 }
            batch.append(index)
        }
        waiting.removeAll { batch.contains($0) }
        // The others that are here wait for their turn, and must not make room for what comes.
        let resting = waiting.filter { needs[$0].isReady }
        for index in resting { for unit in needs[index].units { unit.pins += 1 } }
        for index in waiting where coming.count < Self.mostOnTheirWay && !needs[index].isReady {
            guard fetch(needs[index]) else { break }
            coming.append(index)
        }
        readAhead()
        // Who leaves next is found out while the disk is busy.
        if !coming.isEmpty { findLeaving() }
        for index in resting { for unit in needs[index].units { unit.pins -= 1 } }
        waiting.removeAll { coming.contains($0) }
        // Whoever waits here sleeps; threads that wait for bytes in the midst of a product keep others of their crew turning.
        wait { !batch.isEmpty || coming.isEmpty || coming.contains { needs[$0].mayBegin } }
        let ready = coming.filter { needs[$0].isReady }
        let begun = (ready + coming.filter { needs[$0].mayBegin && !needs[$0].isReady })
            .prefix(Self.mostAtOnce - batch.count)
        coming.removeAll { begun.contains($0) }
        return batch + begun
    }

    /// Begins to read what is missing of an expert, and pins it.
    private func fetch(_ need: PageNeed) -> Bool {
        for unit in need.units { unit.pins += 1 }
        for unit in need.units {
            if unit.slab != nil {
                if unit.pending > 0 { crew.hasten(unit) }
            } else if let slab = takeSlab(unit.slabBytes) {
                begin(unit, slab, .now)
            } else {
                for unit in need.units { unit.pins -= 1 }
                return false
            }
        }
        return true
    }

    /// Tells which experts the next layer will likely use, the likeliest first; once the present layer has what it needs, those
    /// that are missing are read while the disk has nothing else to do, as long as such guesses mostly come true.
    public func expect(_ needs: [PageNeed], layer: Int) {
        monitor.withLock { foresight.guess(needs.flatMap(\.units), layer: layer) }
    }

    private func readAhead() {
        let units = foresight.takeNews()
        guard foresight.isTrusted else { return }
        for unit in units where unit.slab != nil { unit.isExpected = true }
        var ahead = 0
        for unit in units where unit.slab == nil && ahead < Self.mostAhead {
            guard let slab = takeSlab(unit.slabBytes) else { return }
            begin(unit, slab, .ahead)
            unit.isExpected = true
            ahead += 1
        }
    }
}
