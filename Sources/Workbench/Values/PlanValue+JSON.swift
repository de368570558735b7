import Documents
import Language
import Scoring

extension PlanValue {
    /// What `plan "FILE"` reads back.
    public var json: JSON {
        let rows = { (rows: [[Int]?]) in
            JSON.array(rows.map { row in row.map { .array($0.map { .whole($0) }) } ?? .null })
        }
        return .fields([
            ("lancet", .string("plan")), ("family", .string(origin.family)), ("model", .string(origin.file)),
            ("criterion", plan.criterion.map { .string($0) } ?? .null),
            ("experts", .array(plan.expertCounts.map { .whole($0) })), ("kept", rows(plan.kept)),
            ("original-experts", rows(origin.originalExperts)),
        ])
    }

    /// Reads a plan.
    /// - Throws: `LanguageError` naming the file and what is wrong with it.
    init(reading text: String, name: String) throws(LanguageError) {
        let document: JSON
        do { document = try JSON(parsing: text) } catch {
            throw LanguageError(code: "plan.json", "\(name), \(error.subject): \(error.message)", help: error.remedy)
        }
        guard document["lancet"]?.asString == "plan", let family = document["family"]?.asString,
            let file = document["model"]?.asString
        else {
            throw Self.failure(name, "it is no plan", "Plans are written with export plan \"plan.json\".")
        }
        let counts = try Self.rows([document["experts"] ?? .null], name, "experts")
        let kept = try Self.rows(document["kept"]?.asArray ?? [], name, "kept")
        let original = try Self.rows(document["original-experts"]?.asArray ?? [], name, "original-experts")
        let criterion = document["criterion"]?.asString
        guard let experts = counts.first ?? nil, original.count == experts.count,
            zip(original, experts).allSatisfy({ ($0 ?? []).count == $1 })
        else {
            throw Self.failure(name, "its layers do not agree with one another", "Export the plan again.")
        }
        do {
            let plan = try Plan(kept: kept, expertCounts: experts, criterion: criterion)
            self.init(
                plan: plan,
                origin: Origin(
                    family: family, file: file, title: file, originalExperts: original.map { $0 ?? [] }, version: nil))
        } catch { throw Self.failure(name, error.message, error.remedy ?? "Export the plan again.") }
    }

    private static func rows(_ rows: [JSON], _ name: String, _ key: String) throws(LanguageError) -> [[Int]?] {
        var result: [[Int]?] = []
        for row in rows {
            if row.isNull, key == "kept" {
                result.append(nil)
                continue
            }
            let numbers = row.asArray?.map(\.asInteger)
            guard let numbers, numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
                throw failure(name, "\"\(key)\" holds something else than whole numbers", "Export the plan again.")
            }
            result.append(numbers.compactMap { $0 })
        }
        return result
    }

    private static func failure(_ name: String, _ message: String, _ help: String) -> LanguageError {
        LanguageError(code: "plan.json", "\(name): \(message)", help: help)
    }
}
