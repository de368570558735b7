import Formats

extension BlockFormat {
    /// The format for rows of that many elements: this one if they are whole blocks, else the next that llama.cpp takes,
    /// of blocks of 32 (rows of 2880 elements, as gpt-oss has them, are no whole blocks of 256), and f16 at last.
    public func fitting(columns: Int) -> BlockFormat {
        if columns % blockLength == 0 { return self }
        let substitute: BlockFormat =
            switch self {
            case .q2_k, .q3_k, .tq1_0, .tq2_0: .q4_0
            case .q4_k: .q5_0
            case .q5_k: .q5_1
            case .q6_k: .q8_0
            case .iq4_xs: .iq4_nl
            default: .f16
            }
        return columns % substitute.blockLength == 0 ? substitute : .f16
    }

    static func ~= (pattern: BlockFormat, value: BlockFormat) -> Bool { pattern == value }
}
