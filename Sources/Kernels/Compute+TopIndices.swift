extension Compute {
    /// The indices of the k largest elements, the largest first; equal ones by index, NaN never before a number.
    /// - Complexity: O(count · k) at worst, O(count) when k is small and the order random.
    public func topIndices(_ x: UnsafePointer<Float>, count: Int, k: Int) -> [Int] {
        let k = max(0, min(k, count))
        return Array(unsafeUninitializedCapacity: k) { buffer, written in
            if let base = buffer.baseAddress { topIndices(x, count: count, k: k, into: base) }
            written = k
        }
    }

    /// The same into memory for k indices, at most as many as there are elements.
    public func topIndices(
        _ x: UnsafePointer<Float>, count: Int, k: Int, into best: UnsafeMutablePointer<Int>
    ) {
        guard k > 0 else { return }
        var found = 0
        for index in 0..<count {
            if found == k, !Self.precedes(x[index], x[best[k - 1]]) { continue }
            // The last one drops out once there are k.
            var place = min(found, k - 1)
            while place > 0, Self.precedes(x[index], x[best[place - 1]]) {
                best[place] = best[place - 1]
                place -= 1
            }
            best[place] = index
            found = min(found + 1, k)
        }
    }

    /// Whether a value comes before one of a lower index.
    private static func precedes(_ a: Float, _ b: Float) -> Bool { a > b || (b.isNaN && !a.isNaN) }
}
