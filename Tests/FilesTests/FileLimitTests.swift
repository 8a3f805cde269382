import Files
import Testing

@Suite struct FileLimitTests {
  @Test(arguments: [
    ("1", 1), ("250000000", 250_000_000), ("250M", 250_000_000), ("4G", 4_000_000_000),
    ("12K", 12_000), ("1125899906842624", 1 << 50),
  ])
  func numbers(_ text: String, _ value: Int) { #expect(FileLimit.parsed(text) == value) }

  @Test(arguments: [
    "", "M", "0", "-1", "+1", "1.5G", "1 G", "4g", "1KM", "9223372036854775807G",
    "1125899906842625",
    "\u{661}",
  ])
  func whatIsNone(_ text: String) { #expect(FileLimit.parsed(text) == nil) }
}
