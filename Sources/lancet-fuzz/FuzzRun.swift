import Foundation
import FuzzSupport

/// A run over all targets. An input that comes to something new is kept and damaged further.
struct FuzzRun {
    private struct Pool {
        /// Inputs that their reader accepted, sound files first.
        var sound: [[UInt8]]
        /// One input for each other outcome.
        var refused: [[UInt8]] = []
        /// Bytes of the smallest input for each outcome.
        var outcomes: [String: Int] = [:]

        /// What to damage next: mostly something sound, so that damage is met deep inside.
        func parent(_ random: inout FuzzRandom) -> [UInt8] {
            random.pick(random.oneIn(4) && !refused.isEmpty ? refused : sound) ?? []
        }

        /// Notes what came of an input.
        /// - Returns: whether that is new, or the input is the smallest to come to it.
        mutating func note(_ input: [UInt8], _ outcome: String, seeds: Int, _ random: inout FuzzRandom) -> Bool {
            let smallest = outcomes[outcome]
            let isNew = smallest == nil && outcomes.count < FuzzRun.mostOutcomes
            if isNew || input.count < smallest ?? 0 { outcomes[outcome] = input.count }
            if !outcome.hasPrefix("accepted") {
                if isNew { refused.append(input) }
            } else if isNew || sound.count < seeds + FuzzRun.mostSound {
                sound.append(input)
            } else if random.oneIn(8) {
                sound[seeds + random.below(sound.count - seeds)] = input
            }
            return isNew || input.count < smallest ?? 0
        }
    }

    /// Outcomes of one target beyond which new ones are no longer kept.
    private static let mostOutcomes = 2000
    /// Accepted inputs of one target that are held besides its seeds, unless each came to something new.
    private static let mostSound = 128

    let request: FuzzRequest

    init(_ request: FuzzRequest) { self.request = request }

    static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

    /// - Throws: what reading the first inputs throws, or that an input failed.
    func run() throws {
        let guards = try FuzzGuards()
        let readers = try FuzzReaders()
        let pools = try request.targets.map { try ($0, Pool(sound: $0.seeds())) }
        let isSound = guards.watching(traced: !request.files.isEmpty) {
            if request.files.isEmpty {
                fuzz(readers, Dictionary(uniqueKeysWithValues: pools), guards)
            } else {
                replay(readers, guards)
            }
        }
        if !isSound { throw FuzzRequest.Mistake(description: "a reader failed") }
    }

    private func replay(_ readers: FuzzReaders, _ guards: FuzzGuards) {
        for (number, file) in request.files.enumerated() {
            guard let target = FuzzTarget.allCases.first(where: { file.contains($0.rawValue) }),
                let data = FileManager.default.contents(atPath: file)
            else {
                Self.say("\(file): not there, or no target in its name")
                continue
            }
            guards.begin(Array(data.prefix(Mutator.longest)), target, number: number + 1)
            print("\(file): \(readers.outcome(of: Array(data), target))")
        }
    }

    private func fuzz(_ readers: FuzzReaders, _ seeds: [FuzzTarget: Pool], _ guards: FuzzGuards) {
        var pools = seeds
        var random = FuzzRandom(seed: request.seed)
        var mutators = Dictionary(
            uniqueKeysWithValues: request.targets.map { ($0, Mutator(seed: random.bits(), words: $0.words)) })
        let turns = request.targets.flatMap { Array(repeating: $0, count: $0.share) }
        let start = Date()
        var (number, accepted, reported) = (0, 0, start)
        while number < request.inputs {
            if number % 256 == 0 {
                let now = Date()
                if now.timeIntervalSince(start) >= request.seconds { break }
                if now.timeIntervalSince(reported) >= 60 {
                    reported = now
                    report(number, accepted, pools, now.timeIntervalSince(start))
                }
            }
            number += 1
            let target = turns[random.below(turns.count)]
            guard var mutator = mutators[target], var pool = pools.removeValue(forKey: target) else { continue }
            let (input, other) = (pool.parent(&random), pool.parent(&random))
            let changed = target.mutated(input, other: other, by: &mutator)
            mutators[target] = mutator
            guards.begin(changed, target, number: number)
            let outcome = readers.outcome(of: changed, target)
            if outcome.hasPrefix("accepted") { accepted += 1 }
            if pool.note(changed, outcome, seeds: seeds[target]?.sound.count ?? 0, &random) {
                keep(changed, target, outcome)
            }
            pools[target] = pool
        }
        report(number, accepted, pools, Date().timeIntervalSince(start))
    }

    /// Stores an input under the first word of its outcome and a number that stands for the rest.
    private func keep(_ input: [UInt8], _ target: FuzzTarget, _ outcome: String) {
        guard let folder = request.keep else { return }
        let path = "\(folder)/\(target.rawValue)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let number = outcome.utf8.reduce(UInt32(5381)) { $0 &* 33 ^ UInt32($1) }
        let name = "\(outcome.prefix { $0 != " " })-\(String(number, radix: 16))"
        _ = FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data(input))
    }

    private func report(_ number: Int, _ accepted: Int, _ pools: [FuzzTarget: Pool], _ seconds: Double) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let outcomes = FuzzTarget.allCases.compactMap { target in
            pools[target].map { "\(target.rawValue) \($0.outcomes.count)" }
        }
        print(
            "\(number) inputs in \(Int(seconds)) s, \(Int(Double(number) / max(seconds, 0.001))) a second,",
            "\(accepted) accepted, at most \(usage.ru_maxrss / 1024) MiB resident; outcomes:",
            outcomes.joined(separator: ", "))
        fflush(nil)
    }
}
