import Formats
import Inference
import Kernels
import Storage

/// An importance matrix from a file, by the roles of a model.
public struct ImportanceReading: Sendable {
    public let importance: Importance
    /// Names of the file that are no tensor of the model.
    public let unknown: [String]
    /// Weight matrices of the model that the file says nothing about.
    public let missing: [Role]
}

extension Family {
    /// Reads an importance file's names, which are GGUF's whatever container the model came from.
    /// - Throws: `BindingError` naming a tensor whose columns or experts are not the model's, or if none is.
    public func importance(from file: ImportanceFile, of model: Model) throws(BindingError) -> ImportanceReading {
        var (entries, unknown): ([Role: Importance.Entry], [String]) = ([:], [])
        for entry in file.entries {
            guard let roles = roles(ofTensor: entry.name, in: model), let first = model.tensors[roles[0]] else {
                unknown.append(entry.name)
                continue
            }
            guard let stack = entry.stacked(roles.count), stack.columns == first.columns else {
                throw BindingError(
                    code: "importance.shape", subject: entry.name,
                    message:
                        "the file has \(entry.sums.count) sums in \(entry.counts.count) matrices, and the model "
                        + "\(roles.count) matrices of \(first.columns) columns",
                    remedy: "use the importance matrix of this very model; pruned experts need one of their own")
            }
            for (number, role) in roles.enumerated() {
                let columns = number * stack.columns..<(number + 1) * stack.columns
                entries[role] = Importance.Entry(
                    sums: Array(stack.sums[columns]), count: Int(min(stack.counts[number].rounded(), 0x1p53)))
            }
        }
        guard !entries.isEmpty else {
            throw BindingError(
                code: "importance.none", subject: unknown.first ?? name,
                message: "no name in the file is a weight matrix of this model",
                remedy: "use an importance matrix of a \(ggufArchitecture) model")
        }
        let wanted = model.tensors.keys.filter { !$0.part.isVector && $0.part != .embedding }
        return ImportanceReading(
            importance: Importance(
                entries: entries, corpora: file.datasets, chunkCount: file.chunkCount, chunkLength: file.chunkSize),
            unknown: unknown, missing: wanted.filter { entries[$0] == nil }.sorted())
    }

    /// An importance under GGUF's names, experts stacked, as llama-quantize reads it.
    public func importanceFile(_ importance: Importance, of model: Model) -> ImportanceFile {
        let entries = tensorNames(.gguf, of: model).compactMap { name -> ImportanceFile.Entry? in
            guard let roles = roles(ofTensor: name, in: model), let columns = model.tensors[roles[0]]?.columns,
                roles.contains(where: { importance.entries[$0] != nil })
            else { return nil }
            let seen = roles.map {
                importance.entries[$0] ?? Importance.Entry(sums: Array(repeating: 0, count: columns), count: 0)
            }
            return ImportanceFile.Entry(name: name, sums: seen.flatMap(\.sums), counts: seen.map { Float($0.count) })
        }
        return ImportanceFile(
            entries: entries, datasets: importance.corpora, chunkCount: importance.chunkCount,
            chunkSize: importance.chunkLength)
    }

    /// The weight matrices that lie in a GGUF tensor, experts ascending; nil if it is none of the model's.
    private func roles(ofTensor name: String, in model: Model) -> [Role]? {
        for slot in slots(.gguf) where !slot.parts[0].isVector {
            for form in slot.forms {
                guard let (layer, expert) = form.match(name), slot.layers(of: model.blueprint).contains(layer) else {
                    continue
                }
                let roles = slot.roles(form: form, layer: layer, expert: expert, of: model.blueprint)
                if !roles.isEmpty, roles.allSatisfy({ model.tensors[$0] != nil }) { return roles }
            }
        }
        return nil
    }
}
