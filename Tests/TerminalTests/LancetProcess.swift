import Foundation
import TestSupport

/// The program in a process of its own, from the root of the checkout, without a terminal.
enum LancetProcess {
    /// Runs it to its end, in a group if one is given.
    static func run(_ arguments: [String], in group: MemoryGroup? = nil) throws -> (output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let enter = group.map { "echo $$ > \($0.processes); " } ?? ""
        process.arguments = ["-c", enter + "exec \"$0\" \"$@\"", PseudoTerminal.builtProducts + "/lancet"] + arguments
        process.currentDirectoryURL = RepositoryRoot.url
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, complaint)
    }
}
