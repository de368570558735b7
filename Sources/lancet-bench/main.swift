import Documents
import Glibc
import Tensors

do {
    let request = try BenchRequest(Array(CommandLine.arguments.dropFirst()))
    let report = try request.measure()
    print(request.printsJSON ? report.json.printed() : report.text)
} catch {
    let message = (error as? any Explained)?.description ?? "\(error)"
    let line = Array("lancet-bench: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(2)
}
