import Documents
import Testing

@Suite struct JSONPrinting {
    let document: JSON = ["b": [1, 2.5, nil, true], "a": ["x": [], "y": [:]], "é": "q\"\\\n\u{1}\u{1F}\u{7F}é"]

    @Test func compactIsOneLineInTheOrderGiven() {
        let expected = #"{"b":[1,2.5,null,true],"a":{"x":[],"y":{}},"é":"q\"\\\n\u0001\u001f"# + "\u{7F}é\"}"
        #expect(document.printed() == expected)
    }

    @Test func prettyIndentsByTwoSpaces() {
        let small: JSON = ["b": [1, 2.5], "a": ["x": [], "y": [:]]]
        #expect(
            small.printed(.pretty) == """
                {
                  "b": [
                    1,
                    2.5
                  ],
                  "a": {
                    "x": [],
                    "y": {}
                  }
                }
                """)
    }

    @Test(arguments: JSON.Style.allCases)
    func whatIsPrintedReadsBackTheSame(style: JSON.Style) throws {
        #expect(try JSON(parsing: document.utf8(style)) == document)
    }

    @Test func doublesReadBackToTheBit() throws {
        var state: UInt64 = 42
        for _ in 0..<10_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            let text = JSON.number(JSONNumber(value)).printed()
            #expect(try JSON(parsing: text).asDouble?.bitPattern == value.bitPattern)
        }
    }

    @Test func numbersWithoutAJSONFormAreNull() {
        #expect(
            JSON.array([.number(JSONNumber(Double.nan)), .number(JSONNumber(-Double.infinity))]).printed()
                == "[null,null]")
    }

    @Test func doublesStayDoubles() throws {
        #expect(try JSON(parsing: "[1.0, 1, 1e-5, 1e30]").printed() == "[1.0,1,1e-05,1e+30]")
    }
}

@Suite struct JSONObjects {
    @Test func membersAreReplacedAppendedAndRemovedInPlace() {
        var object = JSONObject()
        for index in 0..<20 { object["k\(index)"] = .number(JSONNumber(index)) }
        object["k3"] = "three"
        object["k0"] = nil
        object["k99"] = nil
        #expect(object.count == 19)
        #expect(object.keys.first == "k1")
        #expect(object["k3"] == "three")
        #expect(object["k19"] == 19)
        #expect(object["k0"] == nil)
        let isNew = object.append("k5", true)
        #expect(!isNew)
        #expect(object["k5"] == 5)
    }
}
