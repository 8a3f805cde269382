import CommandSupport
import Foundation
import Testing

@Suite struct JSONValueTests {
  @Test func keysAreSorted() {
    let value: JSONValue = ["b": 1, "a": [true, nil, 0.5], "c": "x"]
    #expect(value.description == #"{"a":[true,null,0.5],"b":1,"c":"x"}"#)
  }

  @Test func numbersAreShortAndFinite() {
    #expect(JSONValue.number(0.1).description == "0.1")
    #expect(JSONValue.number(Float(0.1)).description == "0.1")
    #expect(JSONValue.number(3.0).description == "3")
    #expect(JSONValue.number(Double.nan).description == "null")
    #expect(JSONValue.number(-Float.infinity).description == "null")
  }

  @Test func absentValuesAreNull() {
    #expect(JSONValue.integer(nil).description == "null")
    #expect(JSONValue.string(nil).description == "null")
  }

  @Test func anotherParserReadsItBack() throws {
    let text = "quote \" back \\ line \n tab \t bell \u{7} null \u{0} Grüße 🙂 \u{2028}"
    let value: JSONValue = ["text": .string(text), "tiny": .number(1.5e-300), "big": 12345678901]
    let parsed = try JSONSerialization.jsonObject(with: Data(value.description.utf8))
    let object = try #require(parsed as? [String: Any])
    #expect(object["text"] as? String == text)
    #expect(object["tiny"] as? Double == 1.5e-300)
    #expect(object["big"] as? Int == 12_345_678_901)
    #expect(!value.description.contains("\n"))
  }
}
