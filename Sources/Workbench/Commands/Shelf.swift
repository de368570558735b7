import Language

/// The shelves that help sorts commands into.
enum Shelf {
    static let models = Signature.Category("models")
    static let experiments = Signature.Category("experiments")
    static let compression = Signature.Category("compression")
    static let session = Signature.Category("session")
}
