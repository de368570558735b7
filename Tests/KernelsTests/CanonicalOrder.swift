/// The order of every sum, written as plainly as possible: what all kernels must equal bit for bit.
enum CanonicalOrder {
    /// 16 lanes from +0, lane l taking elements l, l + 16, … fused; then lanes 8, 4, 2 and 1 apart are added.
    static func dot(_ x: [Float], _ w: [Float]) -> Float {
        var lanes = [Float](repeating: 0, count: 16)
        for k in x.indices { lanes[k % 16].addProduct(x[k], w[k]) }
        return fold(lanes)
    }

    /// The sum of terms by index.
    static func sum(_ terms: [Float], first: Int = 0) -> Float {
        var lanes = [Float](repeating: 0, count: 16)
        for k in terms.indices { lanes[(first + k) % 16] += terms[k] }
        return fold(lanes)
    }

    private static func fold(_ lanes: [Float]) -> Float {
        var lanes = lanes
        for half in [8, 4, 2, 1] { for lane in 0..<half { lanes[lane] += lanes[lane + half] } }
        return lanes[0]
    }
}
