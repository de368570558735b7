import Language
import Testing

/// What `set` says to a word that a setting does not take.
@Suite struct SettingWordsTests {
    @Test(arguments: [
        ("set precision fsat", "did you mean \"fast\"? It takes exact, fast."),
        ("set mode jsn", "did you mean \"json\"? It takes text, json, csv, markdown."),
        ("set precision q8_0", "It takes exact, fast."),
        ("set memory offf", "did you mean \"off\"? It takes off."),
    ])
    func aRefusalNamesTheWordsOfThatSetting(line: String, help: String) {
        let error = ScriptedSession().run(line)
        #expect(error?.code == "E016")
        #expect(error?.help == help)
    }

    @Test func aSettingWithoutWordsAsksForNone() {
        #expect(ScriptedSession().run("set seed abc")?.code == "E010")
    }
}
