extension Compute {
    /// The indices of the k largest elements, the largest first; equal ones by index, NaN never before a number.
    /// - Complexity: O(count · k) at worst, O(count) when k is small and the order random.
    public func topIndices(_ x: UnsafePointer<Float>, count: Int, k: Int) -> [Int] {
        let k = min(k, count)
        guard k > 0 else { return [] }
        var best: [Int] = []
        best.reserveCapacity(k + 1)
        for index in 0..<count {
            if best.count == k, !Self.precedes(x[index], x[best[k - 1]]) { continue }
            var place = best.count
            while place > 0, Self.precedes(x[index], x[best[place - 1]]) { place -= 1 }
            best.insert(index, at: place)
            if best.count > k { best.removeLast() }
        }
        return best
    }

    /// Whether a value comes before one of a lower index.
    private static func precedes(_ a: Float, _ b: Float) -> Bool { a > b || (b.isNaN && !a.isNaN) }
}
