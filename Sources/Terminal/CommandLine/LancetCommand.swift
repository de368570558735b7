import ArgumentParser
import Language
import Workbench

/// The process: reads its flags, runs scripts or the prompt, and ends with the status that the outcome has.
public struct LancetCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "lancet",
        abstract: "A surgeon's notebook for Mixture-of-Experts language models.",
        discussion: """
            Without a subcommand: the prompt when standard input is a terminal, else standard input is a script.

            Exit status: 0 done; 1 a command failed; 2 usage or syntax; 3 an assertion or replay differs; 130 interrupted.
            """,
        version: LancetVersion.text,
        subcommands: [RunCommand.self, ReplayCommand.self, InfoCommand.self, KernelsCommand.self])

    @OptionGroup var options: SessionOptions

    @Option(name: .customShort("c"), help: ArgumentHelp("Run code.", valueName: "code"))
    var code: String?

    public init() {}

    public func run() throws {
        if let code { throw options.runScript(SourceText(code, name: "-c")).exit }
        if Standard.isInputTerminal { throw Prompter(options: options).run().exit }
        throw options.runScript(try Standard.inputScript()).exit
    }

    /// Runs the process and ends it.
    public static func start() -> Never {
        do {
            var command = try parseAsRoot()
            try command.run()
            Standard.end(.done)
        } catch let status as ExitCode {
            Standard.end(status.rawValue)
        } catch let error as LanguageError {
            Console.show(error)
            Standard.end(.failed)
        } catch {
            let isUsage = exitCode(for: error) != .success
            Standard.write(fullMessage(for: error) + "\n", to: isUsage ? .error : .output)
            Standard.end(isUsage ? .usage : .done)
        }
    }
}

/// Runs a script file.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Run a script.")

    @OptionGroup var options: SessionOptions
    @ArgumentParser.Argument(help: "The script.", completion: .file(extensions: ["lancet"])) var script: String
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a variable before the script starts.", valueName: "name=value"))
    var variables: [String] = []
    @Option(
        help: ArgumentHelp("Record the run, with the digests of inputs and results, as a script.", valueName: "file"))
    var record: String?

    func run() throws {
        let source = try Standard.script(at: script)
        let session = options.session()
        for assignment in variables { try set(assignment, in: session) }
        if let record { throw try options.recordScript(source, in: session, to: record).exit }
        throw options.runScript(source, in: session).exit
    }

    private func set(_ assignment: String, in session: Session) throws {
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw ValidationError("--set takes name=value, not \(assignment)")
        }
        do throws(LanguageError) {
            try session.set(String(assignment[..<equals]), to: String(assignment[assignment.index(after: equals)...]))
        } catch {
            throw ValidationError("--set: \(error.message). \(error.help ?? "")")
        }
    }
}

/// Runs a record again and compares every digest.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Run a recorded script again and verify every digest.",
        discussion: "Files that the script writes are written again.")

    @OptionGroup var options: SessionOptions
    @ArgumentParser.Argument(help: "The record.", completion: .file(extensions: ["lancet"])) var script: String

    func run() throws { throw try options.replay(Standard.script(at: script)).exit }
}

/// Prints a summary of a checkpoint.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "Summarize a checkpoint.")

    @OptionGroup var options: SessionOptions
    @ArgumentParser.Argument(help: "A GGUF file, a safetensors file or a Hugging Face folder.", completion: .file())
    var path: String

    func run() throws { throw options.runScript(SourceText("info (open \(path.quoted))", name: "info")).exit }
}
