extension JSON {
    /// The deepest nesting that is read. Arrays and objects count one level each.
    public static let depthLimit = 128

    /// Parses a whole document.
    ///
    /// - Throws: ``JSONError`` with the byte offset and the line of the first mistake.
    /// - Complexity: O(n) in the number of bytes.
    /// - Source: RFC 8259; duplicate keys and a byte order mark are refused, which it leaves open.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }

    /// Parses a whole document.
    ///
    /// - Throws: ``JSONError`` with the byte offset and the line of the first mistake.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        let result: Result<JSON, JSONError> = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSON(parsing: buffer) }
        }
        self = try result.get()
    }

    /// Parses a text that is a whole document.
    ///
    /// - Throws: ``JSONError`` with the byte offset and the line of the first mistake.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }
}
