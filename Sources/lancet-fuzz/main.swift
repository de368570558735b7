import Glibc

do {
    try FuzzRun(FuzzRequest(Array(CommandLine.arguments.dropFirst()))).run()
} catch {
    FuzzRun.say("lancet-fuzz: \(error)")
    exit(2)
}
