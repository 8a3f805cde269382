import Signals
import Testing

@Suite struct KeepTests {
  @Test(arguments: [
    ("10%", Keep.fraction(0.1)), ("0.5%", .fraction(0.005)), ("100%", .fraction(1)),
    (".5%", .fraction(0.005)), ("100", .count(100)), ("1", .count(1)),
  ]) func readsSharesAndCounts(text: String, expected: Keep) throws {
    #expect(try Keep(parsing: text) == expected)
  }

  @Test(arguments: [
    "0%", "0.0%", "200%", "100.1%", "-10%", "0", "-5", "+5", "", "%", ".%", "ten", "ten%", "1.5",
    "1e3", "nan%", "inf%", "0x10", "10 %", "10%%", "1.2.3%", "99999999999999999999", "١٠",
  ]) func refusesEverythingElse(_ text: String) {
    let error = #expect(throws: InvalidKeep.self) { try Keep(parsing: text) }
    #expect(
      error?.description == "'\(text)' doesn't say how many pixels to keep; expected a share "
        + "above 0% and up to 100%, such as 10%, or a number of pixels from 1, such as 100")
  }

  @Test func countsAreBetweenOneAndAll() {
    #expect(Keep.fraction(0.1).count(ofPixels: 1024) == 102)
    #expect(Keep.fraction(0.0001).count(ofPixels: 100) == 1)
    #expect(Keep.fraction(1).count(ofPixels: 100) == 100)
    #expect(Keep.count(10).count(ofPixels: 100) == 10)
    #expect(Keep.count(500).count(ofPixels: 100) == 100)
  }
}
