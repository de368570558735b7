import Plots
import Testing

@Suite struct NumberTextTests {
    @Test func negativeNumbersCarryARealMinus() {
        #expect(NumberText.fixed(-4.87, decimals: 2) == "−4.87")
        #expect(NumberText.signed(5.314, decimals: 2) == "+5.31")
        #expect(NumberText.fixed(-0.583, decimals: 2, leadingZero: false) == "−.58")
    }

    @Test func whatRoundsToZeroHasNoSign() {
        #expect(NumberText.fixed(-0.004, decimals: 2) == "0.00")
        #expect(NumberText.signed(0.004, decimals: 2) == "0.00")
        #expect(NumberText.fixed(-0.0, decimals: 0) == "0")
    }

    @Test func roundingFollowsTheExactBinaryValue() {
        // 2.675 is stored a little below, 0.125 exactly half way.
        #expect(NumberText.fixed(2.675, decimals: 2) == "2.67")
        #expect(NumberText.fixed(0.125, decimals: 2) == "0.12")
        #expect(NumberText.fixed(1e300, decimals: 1).count == 303)
    }

    @Test func bytesTakeBinaryPrefixes() {
        #expect(NumberText.bytes(0) == "0 B")
        #expect(NumberText.bytes(1023) == "1023 B")
        #expect(NumberText.bytes(1024) == "1.0 KiB")
        #expect(NumberText.bytes(28_731_000) == "27.4 MiB")
        #expect(NumberText.bytes(1_048_575) == "1.0 MiB")
        #expect(NumberText.bytes(UInt64.max) == "16.0 EiB")
        #expect(NumberText.decimalBytes(17_180_000_000) == "17.2 GB")
        #expect(NumberText.bytes(-2048) == "−2.0 KiB")
    }

    @Test func countsKeepAboutThreeDigits() {
        #expect(NumberText.count(14_400_000) == "14.4M")
        #expect(NumberText.count(999) == "999")
        #expect(NumberText.count(999_999) == "1.0M")
        #expect(NumberText.count(30_500_000_000) == "30.5B")
        #expect(NumberText.count(820_000) == "820K")
        #expect(NumberText.grouped(201_088) == "201,088")
        #expect(NumberText.grouped(-1_000) == "−1,000")
        #expect(NumberText.grouped(Int.min) == "−9,223,372,036,854,775,808")
    }

    @Test func generalNumbersChooseTheirForm() {
        #expect(NumberText.general(0) == "0")
        #expect(NumberText.general(0.31) == "0.31")
        #expect(NumberText.general(123456) == "123456")
        #expect(NumberText.general(1_234_567) == "1.235e6")
        #expect(NumberText.general(-0.0000123) == "−1.23e−5")
        #expect(NumberText.general(9.99999) == "10")
        #expect(NumberText.general(.greatestFiniteMagnitude) == "1.798e308")
        #expect(NumberText.general(.leastNonzeroMagnitude) == "4.941e−324")
    }

    @Test func notANumberAndInfinityAreNamed() {
        #expect(NumberText.fixed(.nan, decimals: 2) == "nan")
        #expect(NumberText.general(-.infinity) == "−∞")
        #expect(NumberText.duration(.nan) == "nan s")
    }

    @Test func durationsReadNaturally() {
        #expect(NumberText.duration(0.0213) == "0.02 s")
        #expect(NumberText.duration(12.34) == "12.3 s")
        #expect(NumberText.duration(125) == "2 min 05 s")
        #expect(NumberText.duration(59.97) == "1 min 00 s")
        #expect(NumberText.duration(4020) == "1 h 07 min")
        #expect(NumberText.percent(0.314) == "31%")
    }
}
