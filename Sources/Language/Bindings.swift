/// An edit that a statement made to a variable, or to the host's settings.
public struct Rebinding: Sendable {
    /// The variable; nil for settings.
    public let variable: String?
    /// What it held, or what the settings were.
    public let before: Value
    /// What it holds, or what the settings are.
    public let after: Value
    /// The command, canonically.
    public let command: String
}

/// Everything that a failed statement must leave as it was.
struct Bindings {
    var variables: [String: Value] = [:]
    var functions: [String: Definition] = [:]
    var history: [Rebinding] = []
    var undone: [Rebinding] = []

    /// An assignment starts a variable's history anew.
    mutating func assign(_ value: Value, to name: String) {
        variables[name] = value
        history.removeAll { $0.variable == name }
        undone.removeAll { $0.variable == name }
    }

    mutating func rebind(_ name: String, to value: Value, by command: String) {
        let before = variables[name] ?? .nothing
        history.append(Rebinding(variable: name, before: before, after: value, command: command))
        undone = []
        variables[name] = value
    }

    mutating func noteSettings(from before: Value, to after: Value, by command: String) {
        history.append(Rebinding(variable: nil, before: before, after: after, command: command))
        undone = []
    }
}
