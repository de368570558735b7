import Formats
import Tensors

/// An importance matrix on disk: how strongly each input column of each weight tensor was used over a corpus.
///
/// Read from llama.cpp's GGUF imatrix and from its legacy `.dat`; written as a GGUF imatrix, which llama-quantize reads.
/// - Source: llama.cpp, `tools/imatrix/imatrix.cpp` and `tools/quantize/quantize.cpp`.
public struct ImportanceFile: Sendable, Hashable {
    /// What was seen of one weight tensor.
    public struct Entry: Sendable, Hashable {
        /// The weight tensor's name, such as `blk.0.ffn_up_exps.weight`.
        public let name: String
        /// Sums of squares of the inputs.
        /// - Shape: [matrices, columns], one matrix behind the other; a stack of experts has a matrix for each.
        public let sums: [Float]
        /// How many inputs each matrix's sums were taken over.
        /// - Shape: [matrices]
        /// - Units: tokens in a GGUF imatrix. A legacy file counts chunks, once for all experts of a stack.
        public let counts: [Float]

        /// An entry of whole matrices; nil if the sums are not as many columns for every count, or there are none.
        public init?(name: String, sums: [Float], counts: [Float]) {
            guard !counts.isEmpty, !sums.isEmpty, sums.count % counts.count == 0 else { return nil }
            self.name = name
            self.sums = sums
            self.counts = counts
        }

        /// Columns of each matrix.
        public var columns: Int { sums.count / counts.count }

        /// How much each column of a matrix matters: the mean square of its inputs, all ones where nothing was seen.
        /// - Shape: [columns]
        public func weights(of matrix: Int) -> [Float] {
            let count = counts[matrix]
            guard count > 0 else { return [Float](repeating: 1, count: columns) }
            return sums[matrix * columns..<(matrix + 1) * columns].map { $0 / count }
        }

        /// The entry as a stack of so many matrices. A legacy file does not tell how many experts its sums are of; they
        /// then share its one count. Nil if the sums do not divide, or if the entry already is another stack.
        public func stacked(_ matrices: Int) -> Entry? {
            if counts.count == matrices { return self }
            guard counts.count == 1, matrices > 0, sums.count % matrices == 0 else { return nil }
            return Entry(name: name, sums: sums, counts: [Float](repeating: counts[0], count: matrices))
        }
    }

    /// What was seen, in the order of the file.
    public var entries: [Entry]
    /// What the corpora were called.
    public var datasets: [String]
    /// How many chunks were run.
    public var chunkCount: Int
    /// - Units: tokens; 0 where a legacy file does not say.
    public var chunkSize: Int

    public init(entries: [Entry], datasets: [String], chunkCount: Int, chunkSize: Int) {
        self.entries = entries
        self.datasets = datasets
        self.chunkCount = chunkCount
        self.chunkSize = chunkSize
    }

    /// Reads a file of either kind.
    /// - Throws: `StorageError`, with byte offset and remedy.
    /// - Complexity: O(file).
    public static func read(_ path: String) throws(StorageError) -> ImportanceFile {
        let file = try MappedFile(path: path)
        return try read(file, name: path)
    }

    /// Reads the bytes of a file of either kind.
    /// - Parameter name: how errors name it.
    /// - Throws: `StorageError`, with byte offset and remedy.
    public static func read(_ source: any ByteSource, name: String) throws(StorageError) -> ImportanceFile {
        let isGGUF = source.withBytes(0..<min(4, source.count)) { $0.elementsEqual("GGUF".utf8) }
        return isGGUF ? try readGGUF(source, name: name) : try readLegacy(source, name: name)
    }

    /// Refuses what no sum of squares and no count can be.
    static func check(_ values: [Float], _ what: String, of tensor: String, at offset: Int, in file: String)
        throws(StorageError)
    {
        guard let index = values.firstIndex(where: { !($0 >= 0 && $0 < .infinity) }) else { return }
        throw StorageError(
            .malformed, file: file, offset: offset + 4 * index, item: tensor,
            "\(what) \(index) is \(values[index]), neither zero nor a positive number",
            remedy: "make the importance matrix again: the run that made it broke down")
    }
}
