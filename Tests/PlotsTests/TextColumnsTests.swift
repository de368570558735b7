import Plots
import Testing

@Suite struct TextColumnsTests {
    @Test func widthCountsTerminalColumns() {
        #expect(TextColumns.width(of: "abc") == 3)
        #expect(TextColumns.width(of: "漢字") == 4)
        #expect(TextColumns.width(of: "e\u{301}") == 1)
        #expect(TextColumns.width(of: "🙂") == 2)
        #expect(TextColumns.width(of: "▓.58") == 4)
    }

    @Test func cuttingNeverExceedsTheLimit() {
        #expect(TextColumns.truncated("expert", to: 6) == "expert")
        #expect(TextColumns.truncated("experts", to: 6) == "exper…")
        #expect(TextColumns.truncated("漢字漢字", to: 4) == "漢…")
        #expect(TextColumns.truncated("a", to: 0).isEmpty)
    }

    @Test func controlCharactersCannotReachTheTerminal() {
        #expect(TextColumns.printable("a\u{1B}[31mb\n") == "a␛[31mb␊")
        #expect(TextColumns.printable("x\u{202E}y\u{7F}\u{9B}") == "x�y␡�")
        #expect(TextColumns.printable("naïve 漢字 🙂") == "naïve 漢字 🙂")
    }
}
