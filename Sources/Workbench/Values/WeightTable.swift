import Architectures
import Documents
import Inference
import Language
import Plots

/// A model's weights by their names in a file: what `m.tensors["blk.2.ffn_down_exps.weight"]` looks in.
public struct WeightTable: SessionValue {
    public let owner: ModelValue
    /// The layer it is limited to, or nil.
    public let layer: Int?

    public var typeName: String { "weights" }

    /// The tensors by name, each with its roles in the model's order.
    var entries: [(name: String, roles: [Role])] {
        var order: [String] = []
        var roles: [String: [Role]] = [:]
        for role in owner.model.tensors.keys.sorted() where layer == nil || role.layer == layer {
            let name = owner.name(of: role)
            if roles[name] == nil { order.append(name) }
            roles[name, default: []].append(role)
        }
        return order.map { ($0, roles[$0] ?? []) }
    }

    public var keys: [String] { entries.map(\.name) }

    public func subscripted(_ indices: [IndexArgument]) throws(LanguageError) -> Value {
        guard indices.count == 1, case .text(let name) = indices[0] else {
            throw LanguageError(.index, "weights are indexed by their names in the file, in quotes")
        }
        let entries = entries
        guard let entry = entries.first(where: { $0.name == name }) else {
            throw LanguageError(
                code: "tensor.unknown", "there is no tensor \"\(name)\"", help: "m.tensors lists them.", name: name,
                candidates: entries.map(\.name))
        }
        return .object(WeightValue(owner: owner, name: name, roles: entry.roles))
    }

    public func elements() throws(LanguageError) -> [Value]? {
        entries.map { .object(WeightValue(owner: owner, name: $0.name, roles: $0.roles)) }
    }

    public var table: ValueTable? {
        ValueTable(
            columns: ["tensor", "shape", "type", "bytes"],
            rows: entries.map { entry in
                let weight = WeightValue(owner: owner, name: entry.name, roles: entry.roles)
                return [
                    .text(entry.name), .text(weight.shape.map(String.init).joined(separator: "×")),
                    .text(weight.formats.joined(separator: ", ")), .bytes(weight.byteCount),
                ]
            })
    }

    public func text(_ options: TextOptions) -> String { table?.plain ?? "" }

    public var json: JSON { table?.json ?? .null }

    public func absorb(into digest: inout ValueDigest) {
        for entry in entries {
            digest.mix(entry.name)
            WeightValue(owner: owner, name: entry.name, roles: entry.roles).absorb(into: &digest)
        }
    }
}

extension ModelValue {
    /// What a role's tensor is called in the file it came from.
    func name(of role: Role) -> String {
        checkpoint.family.place(of: role, in: checkpoint.naming, model: model)?.tensor ?? String(describing: role.part)
    }
}
