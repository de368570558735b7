import Foundation
import FuzzSupport
import Testing

/// Inputs that fuzzing found worth keeping: each comes to what its file is named after, and nothing crashes.
@Suite struct KeptInputTests {
    @Test(arguments: FuzzTarget.allCases) func keptInputsComeToWhatTheyAreNamedAfter(target: FuzzTarget) throws {
        let readers = try FuzzReaders()
        let files = try target.kept()
        #expect(files.count > 4)
        for file in files {
            let name = URL(fileURLWithPath: file).lastPathComponent
            let input = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
            let outcome = readers.outcome(of: input, target)
            // Which room refuses it, if any; words and codes may change.
            let isSame = outcome.prefix { $0.isLetter } == name.prefix { $0.isLetter }
            #expect(isSame, "\(name): \(outcome)")
        }
    }

    @Test(arguments: FuzzTarget.allCases) func soundFilesAreAcceptedAndDamagedOnesNeverTrap(target: FuzzTarget) throws {
        let readers = try FuzzReaders()
        let seeds = try target.seeds()
        let sound = try #require(seeds.first)
        #expect(readers.outcome(of: sound, target).hasPrefix("accepted"))
        var mutator = Mutator(seed: 6, words: target.words)
        for draw in 0..<400 {
            let input = target.mutated(seeds[draw % seeds.count], other: seeds[draw / 7 % seeds.count], by: &mutator)
            #expect(!readers.outcome(of: input, target).isEmpty)
        }
    }

    @Test func damageDependsOnTheSeedAlone() throws {
        let seeds = try FuzzTarget.gguf.seeds()
        func made(_ seed: UInt64) -> [[UInt8]] {
            var mutator = Mutator(seed: seed, words: FuzzTarget.gguf.words)
            return (0..<50).map { _ in FuzzTarget.gguf.mutated(seeds[0], other: seeds[1], by: &mutator) }
        }
        #expect(made(3) == made(3))
        #expect(made(3) != made(4))
    }
}
