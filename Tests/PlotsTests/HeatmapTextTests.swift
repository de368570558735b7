import Plots
import Testing

@Suite struct HeatmapTextTests {
    static let heads = Heatmap(
        title: "logit-diff \" Mary\" − \" John\"",
        subtitle: ["clean +5.31   corrupt −4.87   restored: 0 corrupt … 1 clean"],
        rowLabels: ["L0", "L1", "L2", "L3"], columnLabels: (0..<8).map { String($0) }, rowTitle: "layer",
        columnTitle: "head", unit: "restored",
        values: [
            [0, 0.01, -0.02, 0, 0.03, 0, 0, 0.01], [0, 0.12, 0, 0, 0, 0.04, 0, 0], [0.02, 0, 0, 0.58, 0, 0, 0.07, 0],
            [0.31, 0, -0.14, 0, 0, 0, 0, 0.02],
        ],
        footer: ["32 patches · 14 tokens · exact"])

    @Test func aHeadSweepIsAGridWithShadesAtItsPeaks() {
        #expect(
            Self.heads.text() == """
                logit-diff " Mary" − " John"
                clean +5.31   corrupt −4.87   restored: 0 corrupt … 1 clean
                       0     1     2     3     4     5     6     7
                L0   .00   .01  −.02   .00   .03   .00   .00   .01
                L1   .00   .12   .00   .00   .00   .04   .00   .00
                L2   .02   .00   .00  ▓.58   .00   .00   .07   .00
                L3  ▒.31   .00  −.14   .00   .00   .00   .00   .02
                32 patches · 14 tokens · exact
                """)
    }

    @Test func columnsThatDoNotFitFollowInFurtherBlocks() {
        let text = Self.heads.text(TextOptions(width: 32))
        #expect(
            text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).joined(separator: "\n") == """
                       0     1     2     3     4
                L0   .00   .01  −.02   .00   .03
                L1   .00   .12   .00   .00   .00
                L2   .02   .00   .00  ▓.58   .00
                L3  ▒.31   .00  −.14   .00   .00

                       5     6     7
                L0   .00   .00   .01
                L1   .04   .00   .00
                L2   .00   .07   .00
                L3   .00   .00   .02
                32 patches · 14 tokens · exact
                """)
    }

    @Test(arguments: [20, 27, 40, 80, 200]) func noGridLineExceedsTheWidth(width: Int) {
        let tokens = ["When", " Mary", " and", " 漢字漢字漢字", "\u{1B}[2J", "a very long token that fills a line by itself"]
        let map = Heatmap(
            title: "", rowLabels: ["a row with a rather long name indeed", "b"], columnLabels: tokens,
            values: [[0.5, -1234.5, nil, .nan, .infinity, -.infinity], [1, 2, 3, 4, 5, 6]])
        for line in map.text(TextOptions(width: width)).split(separator: "\n") {
            #expect(TextColumns.width(of: String(line)) <= width)
            #expect(!line.contains("\u{1B}"))
        }
    }

    @Test func holesAndNonFiniteValuesAreMarked() {
        let map = Heatmap(
            title: "", rowLabels: ["L0", "L1"], columnLabels: [], values: [[nil, .nan, .infinity], [1, -.infinity]])
        #expect(
            map.text() == """
                L0    ·  nan   ▓∞
                L1   ▓1  ▓−∞    ·
                """)
    }

    @Test func smallValuesShareAPowerOfTen() {
        let map = Heatmap(title: "", rowLabels: ["a"], columnLabels: [], values: [[0.0031, 0.00012]])
        #expect(map.text() == "values ×10⁻³\na  ▓3.10    .12")
    }

    @Test func wholeNumbersHaveNoDecimals() {
        let map = Heatmap(title: "", rowLabels: ["a"], columnLabels: [], values: [[12, 0, 3]])
        #expect(map.text() == "a  ▓12    0   ░3")
    }

    @Test func emptySingleConstantAndHugeInputsAreDrawn() {
        func text(_ values: [[Double?]]) -> String {
            Heatmap(title: "t", rowLabels: [], columnLabels: [], values: values).text()
        }
        #expect(text([]) == "t\n(no values)")
        #expect(text([[], []]) == "t\n(no values)")
        #expect(text([[nil]]) == "t\n  ·")
        #expect(text([[.nan, .nan]]) == "t\n  nan  nan")
        #expect(text([[0, 0]]) == "t\n  0  0")
        #expect(text([[2.5, 2.5]]) == "t\n  ▓2.50  ▓2.50")
        #expect(text([[.greatestFiniteMagnitude, -.greatestFiniteMagnitude]]).hasSuffix("   ▓179.8  ▓−179.8"))
        #expect(text([[.leastNonzeroMagnitude]]).hasSuffix("▓4.94"))
    }

    @Test func tablesOfManyScreensShowOneCharacterAValue() {
        let map = Heatmap(
            title: "", rowLabels: ["L0", "L1", "L2"], columnLabels: (0..<45).map { String($0) },
            values: [
                (0..<45).map { Double($0) / 44 }, (0..<45).map { -Double($0) / 44 },
                Array(repeating: nil, count: 40) + [.nan, 0.9, 0.6, 0.3, 0],
            ])
        #expect(
            map.text(TextOptions(width: 38)) == """
                   0    5    10   15   20   25
                L0            ░░░░░░░░░░░▒▒▒▒▒▒▒▒
                L1            -----------========
                L2 ······························

                   30   35   40
                L0 ▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓
                L1 ===≡≡≡≡≡≡≡≡≡≡≡≡
                L2 ··········?▓▒░ \("")
                from ░ .25  ▒ .50  ▓ .75   - −.25  = −.50  ≡ −.75   · no value
                """)
        #expect(map.text(TextOptions(width: 38, color: .full)).contains("48;2;18;63;115m \u{1B}[0m"))
    }

    @Test func colourReplacesTheShades() {
        let map = Heatmap(title: "", rowLabels: ["a"], columnLabels: [], values: [[1.5, nil]])
        let text = map.text(TextOptions(color: .full))
        #expect(!text.contains("▓"))
        #expect(text.contains("\u{1B}[38;2;255;255;255;48;2;27;47;99m  1.50\u{1B}[0m     ·"))
        #expect(map.text(TextOptions(color: .palette256)).contains("48;5;17m"))
    }
}
