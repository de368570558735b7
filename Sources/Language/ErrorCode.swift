/// The faults that the language itself reports. Codes from E100 on belong to the host's commands.
public enum ErrorCode: String, CaseIterable, Sendable {
    /// A character, number, unit or escape that the language does not have.
    case spelling = "E001"
    /// A bracket or a text that is never closed, or closed by the wrong one.
    case unclosed = "E002"
    /// A word or sign that cannot stand here.
    case unexpected = "E003"
    /// Nested beyond the limit.
    case nesting = "E004"
    /// No command has this name.
    case unknownCommand = "E005"
    /// A command that a later version has.
    case future = "E006"
    /// The command does not take this argument or label.
    case unknownLabel = "E007"
    /// A label given twice.
    case repeatedLabel = "E008"
    /// An argument or a label that the command needs.
    case missingArgument = "E009"
    /// No variable and no command has this name.
    case unknownName = "E010"
    /// A value of another kind than the one needed.
    case wrongKind = "E011"
    /// An index outside its axis, or of a kind that cannot index.
    case index = "E012"
    /// An operation that these values do not have.
    case operation = "E013"
    /// No member has this name.
    case member = "E014"
    /// An edit that no variable could hold.
    case edit = "E015"
    /// None of the words that this place takes.
    case choice = "E016"
    /// A `def` that calls itself too deeply.
    case recursion = "E017"
    /// Arithmetic without a result.
    case arithmetic = "E018"
    /// A file that `include` cannot take.
    case include = "E019"
    /// An assertion that does not hold.
    case assertion = "E020"
    /// Stopped by the user.
    case interrupted = "E021"
    /// A name that is taken.
    case reserved = "E022"
    /// Nothing to undo or redo.
    case history = "E023"

    /// A sentence or two for `explain E014`.
    public var explanation: String {
        switch self {
        case .spelling: "The script holds a character, number, unit or escape that the language does not have."
        case .unclosed: "Every bracket, brace and quotation mark must be closed by its partner, in order."
        case .unexpected:
            "A statement is a command line, an assignment, for, if, def, with, assert, include or an expression."
        case .nesting: "Brackets and blocks may nest 200 deep. Name an inner part with an assignment."
        case .unknownCommand: "A name followed by a space and an argument is a call. `help` lists the commands."
        case .future: "The word is reserved for a command that this version does not have."
        case .unknownLabel:
            "Each command declares its labels, and a label belongs to the nearest label before it that declares it, else to the command. `help COMMAND` lists them."
        case .repeatedLabel: "A label may be given once, unless its command declares it repeatable."
        case .missingArgument: "The command cannot run without this argument. `examples COMMAND` shows it at work."
        case .unknownName: "A name is a variable, or else a command called without arguments; here it is neither."
        case .wrongKind: "The place takes another kind of value. Nothing is converted silently."
        case .index: "Indices count from zero; negative ones count from the end; slices are NumPy's."
        case .operation: "The operation is not defined between these kinds of values or units."
        case .member: "Naming a value shows its members; Tab after a full stop lists them."
        case .edit:
            "As a statement an edit rebinds the variable that its first argument's path starts from; as an expression (`cut = ablate …`) it returns an edited copy."
        case .choice: "The place takes one of the declared words, or an expression that gives one as a text."
        case .recursion: "A def may call itself, but only to a limited depth."
        case .arithmetic: "The operation has no finite result, and a silent infinity would poison what follows."
        case .include: "The file cannot be read, or includes itself."
        case .assertion: "The condition of an assert gave false."
        case .interrupted: "The statement was cancelled and every variable is as before it."
        case .reserved: "Words of the language and names of commands cannot be redefined."
        case .history: "Only edits made as statements can be undone, and only undone ones redone."
        }
    }
}
