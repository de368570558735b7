/// Lancet's version, as records and `--version` state it.
public enum LancetVersion {
    public static let text = "0.3.0"
}
