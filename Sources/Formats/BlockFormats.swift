/// Every block format Lancet reads, in display order. A new one is a file in `Blocks` and a line here.
public enum BlockFormats {
    public static let all: [BlockFormat] = [.f32, .f16, .bf16, .q8_0, .q4_0, .mxfp4]

    /// The format of that name, such as `q8_0`, in lower or upper case; nil if Lancet does not read it.
    public static func named(_ name: String) -> BlockFormat? {
        let name = name.lowercased()
        return all.first { $0.name == name }
    }

    /// The format of that ggml type number; nil if Lancet does not read it.
    public static func withID(_ id: UInt32) -> BlockFormat? { all.first { $0.id == id } }
}
