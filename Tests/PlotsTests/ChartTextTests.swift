import Plots
import Testing

@Suite struct ChartTextTests {
    @Test func barsGrowFromACommonZero() {
        let chart = BarChart(
            title: "Bytes",
            bars: [.init("experts", 24), .init("attention", 1.5), .init("other", -6), .init("none", nil)],
            unit: "MiB", decimals: 1)
        #expect(
            chart.text(TextOptions(width: 40)) == """
                Bytes
                values in MiB
                experts    24.0       █████████████████▋
                attention   1.5       █▏
                other      −6.0  ▐████
                none          ·
                """)
    }

    @Test func degenerateBarsAreDrawn() {
        #expect(BarChart(title: "t", bars: []).text() == "t\n(no values)")
        #expect(BarChart(title: "", bars: [.init("a", 0)]).text() == "a  0")
        #expect(BarChart(title: "", bars: [.init("a", .nan), .init("b", nil)]).text() == "a  nan\nb    ·")
        let extremes = BarChart(
            title: "", bars: [.init("a", .infinity), .init("b", -.infinity), .init("c", .greatestFiniteMagnitude)])
        #expect(extremes.text().split(separator: "\n").count == 4)
    }

    @Test func aLineFallsFromTheLeftToTheRight() {
        let chart = LineChart(
            title: "Loss", series: [.init("loss", [4, 2, 1, 0.5, 0.25])], horizontalTitle: "step", unit: "nats")
        #expect(
            chart.text(TextOptions(width: 30)) == """
                Loss
                nats
                4 ┤⢄
                  │⠈⢆
                  │ ⠈⢢
                3 ┤   ⢣
                  │    ⠣⡀
                  │     ⠱⡀
                2 ┤      ⠑⢄
                  │        ⠉⠢⡀
                  │          ⠈⠢⢄
                1 ┤             ⠑⠢⢄⣀
                  │                 ⠉⠑⠢⠤⢄⣀⡀
                  │                       ⠈⠉⠑⠒
                  └┬────────────┬────────────┬
                   0            2            4
                   step
                """)
    }

    @Test func severalSeriesAreToldApartWithoutColour() {
        let chart = LineChart(title: "", series: [.init("a", [1, 2]), .init("b", [2, 1])])
        let text = chart.text()
        #expect(text.hasPrefix("● a   ○ b\n"))
        #expect(text.filter { $0 == "●" }.count == 3)
        #expect(text.filter { $0 == "○" }.count == 3)
    }

    @Test func degenerateLinesAreDrawn() {
        func text(_ values: [Double?]) -> String { LineChart(title: "", series: [.init("s", values)]).text() }
        #expect(text([]) == "(no values)")
        #expect(text([nil, .nan, .infinity]) == "(no values)")
        #expect(text([3]).contains("3.0 ┤"))
        #expect(text([2, nil, 2]).contains("2.0 ┤"))
        #expect(!text([.greatestFiniteMagnitude, -.greatestFiniteMagnitude]).isEmpty)
        #expect(!text([1e16, 1e16 + 2]).isEmpty)
        #expect(!text([.leastNonzeroMagnitude, 0]).isEmpty)
    }
}
