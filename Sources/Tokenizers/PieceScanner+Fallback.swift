extension PieceScanner {
    /// llama.cpp's pieces for files that name no pre-tokenizer of their own: four cuts, each of the pieces of the one before.
    ///
    /// Runs of punctuation stand alone; what is between is cut as GPT-2 does, so that contractions never come about; runs of
    /// digits are cut out of that, and threes of ASCII digits out of those.
    func forEachFallbackPiece(_ body: (Range<Int>) -> Void) {
        var start = 0
        while start < text.count {
            let end = runEnd(start, of: ScalarClass.punctuation)
            if classes[start] & ScalarClass.punctuation != 0 {
                body(start..<end)
            } else {
                let part = PieceScanner(
                    text: UnsafeBufferPointer(rebasing: text[start..<end]),
                    classes: UnsafeBufferPointer(rebasing: classes[start..<end]))
                part.forEachUnpunctuatedPiece { body(start + $0.lowerBound..<start + $0.upperBound) }
            }
            start = end
        }
    }

    private func forEachUnpunctuatedPiece(_ body: (Range<Int>) -> Void) {
        var start = 0
        while start < text.count {
            let end = gpt2(start)
            var position = start
            while position < end {
                let next = min(end, runEnd(position, of: ScalarClass.number))
                if classes[position] & ScalarClass.number != 0 {
                    forEachThree(position..<next, body)
                } else {
                    body(position..<next)
                }
                position = next
            }
            start = end
        }
    }

    /// `[0-9][0-9][0-9]` in a run of digits, and what lies between.
    private func forEachThree(_ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var (pending, position) = (range.lowerBound, range.lowerBound)
        while position + 3 <= range.upperBound {
            guard text[position..<position + 3].allSatisfy({ (0x30...0x39).contains($0) }) else {
                position += 1
                continue
            }
            if pending < position { body(pending..<position) }
            body(position..<position + 3)
            position += 3
            pending = position
        }
        if pending < range.upperBound { body(pending..<range.upperBound) }
    }

    /// Where a run of characters that are all of a class, or all not of it, ends.
    private func runEnd(_ start: Int, of mask: UInt8) -> Int {
        let isOf = classes[start] & mask != 0
        var end = start
        while end < text.count, (classes[end] & mask != 0) == isOf { end += 1 }
        return end
    }
}
