import Documents
import Language
import Plots

/// A value of Lancet's own: it prints, has a JSON form, and has bits that a record can prove.
public protocol SessionValue: ObjectValue {
    /// What the prompt shows: one or more lines, fitted to a width.
    func text(_ options: TextOptions) -> String
    /// Its JSON form.
    var json: JSON { get }
    /// Its rows, where it is a table or an array: what `csv` and `markdown` show.
    var table: ValueTable? { get }
    /// Its natural picture, where it has one; `kind` is what the user asked for by name.
    func plot(_ kind: PlotKind?) -> (any Plot)?
    /// The texts that may stand in brackets behind it, for completion.
    var keys: [String] { get }
    /// Mixes its bits into a digest; never its printed text.
    func absorb(into digest: inout ValueDigest)
}

/// The pictures that `show … as` and `export` know.
public enum PlotKind: String, CaseIterable, Sendable {
    case heatmap, lines, bars
}

extension SessionValue {
    public var description: String {
        let text = text(TextOptions())
        return text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? typeName
    }

    public var table: ValueTable? { nil }

    public var keys: [String] { [] }

    public func plot(_ kind: PlotKind?) -> (any Plot)? { nil }

    public func isEqual(to other: any ObjectValue) -> Bool {
        guard let other = other as? any SessionValue, other.typeName == typeName else { return false }
        return ValueDigest.of(self) == ValueDigest.of(other)
    }
}
