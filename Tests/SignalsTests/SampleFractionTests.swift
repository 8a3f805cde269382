import Signals
import Testing

@Suite struct KeepTests {
  @Test(arguments: [
    ("10%", SampleFraction.fraction(0.1)), ("0.5%", .fraction(0.005)), ("100%", .fraction(1)),
    (".5%", .fraction(0.005)), ("100", .count(100)), ("1", .count(1)),
  ]) func readsSharesAndCounts(text: String, expected: SampleFraction) throws {
    #expect(try SampleFraction(parsing: text) == expected)
  }

  @Test(arguments: [
    "0%", "0.0%", "200%", "100.1%", "-10%", "0", "-5", "+5", "", "%", ".%", "ten", "ten%", "1.5",
    "1e3", "nan%", "inf%", "0x10", "10 %", "10%%", "1.2.3%", "99999999999999999999", "١٠",
  ]) func refusesEverythingElse(_ text: String) {
    let error = #expect(throws: InvalidSampleFraction.self) { try SampleFraction(parsing: text) }
    #expect(
      error?.description == "'\(text)' doesn't say how many pixels to keep; expected a share "
        + "above 0% and up to 100%, such as 10%, or a number of pixels from 1, such as 100")
  }

  @Test func countsAreBetweenOneAndAll() {
    #expect(SampleFraction.fraction(0.1).count(ofPixels: 1024) == 102)
    #expect(SampleFraction.fraction(0.0001).count(ofPixels: 100) == 1)
    #expect(SampleFraction.fraction(1).count(ofPixels: 100) == 100)
    #expect(SampleFraction.count(10).count(ofPixels: 100) == 10)
    #expect(SampleFraction.count(500).count(ofPixels: 100) == 100)
  }
}
