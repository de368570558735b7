/// Every block format Lancet reads, in display order. A new one is a file in `Blocks` and a line here.
public enum BlockFormats {
    public static let all: [BlockFormat] = []
}
