/// Every block format Lancet reads, in display order. A new one is a file in `Blocks` and a line here.
public enum BlockFormats {
    public static let all: [BlockFormat] = [
        .f32, .f16, .bf16, .q8_0, .q5_1, .q5_0, .q4_1, .q4_0, .mxfp4, .nvfp4, .iq4_nl, .q2_0, .q1_0,
        .q6_k, .q5_k, .q4_k, .q3_k, .q2_k, .iq4_xs, .iq3_s, .iq3_xxs, .iq2_s, .iq2_xs, .iq2_xxs, .iq1_m, .iq1_s,
        .tq2_0, .tq1_0,
    ]

    /// The format of that name, such as `q8_0`, in lower or upper case; nil if Lancet does not read it.
    public static func named(_ name: String) -> BlockFormat? {
        let name = name.lowercased()
        return all.first { $0.name == name }
    }

    /// The format of that ggml type number; nil if Lancet does not read it.
    public static func withID(_ id: UInt32) -> BlockFormat? { all.first { $0.id == id } }
}
