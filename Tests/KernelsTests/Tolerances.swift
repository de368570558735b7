/// How far kernels may be from double precision; between variants nothing is allowed at all.
enum Tolerance {
    /// Of the sum of a dot product's terms' magnitudes, for up to 2880 terms.
    static let dot = 2e-6
    /// Units in the last place of an exponential.
    static let exponentialUnits = 1.0
    /// Units in the last place of a logistic function.
    static let logisticUnits = 2.0
    /// Of an attention pattern or a mix of values of unit size.
    static let attention = 2e-5
    /// Of a log-sum-exp of unit size.
    static let logSumExp = 1e-6
}
