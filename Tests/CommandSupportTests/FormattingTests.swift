import CommandSupport
import Testing

@Suite struct FormattingTests {
  @Test(arguments: [
    (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (20 << 20, "20 MiB"),
    (3 << 40, "3.0 TiB"),
  ])
  func bytes(count: Int, expected: String) {
    #expect(formatBytes(count) == expected)
  }

  @Test(arguments: [
    (0.42, "0.42 s"), (3.14, "3.1 s"), (9.97, "10 s"), (59.4, "59 s"), (59.6, "1:00 min"),
    (185, "3:05 min"), (3723, "1:02:03 h"), (-1, "?"), (.infinity, "?"), (.nan, "?"),
  ])
  func durations(seconds: Double, expected: String) {
    #expect(formatDuration(seconds) == expected)
  }

  @Test(arguments: [
    ("30s", 30), ("10m", 600), ("1.5h", 5400), ("1h30m", 5400), ("0.5S", 0.5),
  ])
  func timeLimits(text: String, seconds: Double) {
    #expect(TimeLimit(argument: text)?.seconds == seconds)
  }

  @Test(arguments: ["", "30", "s", "-5s", "0s", "5x", "1..5s", "inf", "nans", "1h30", "٣s"])
  func timeLimitsThatAreNone(text: String) {
    #expect(TimeLimit(argument: text) == nil)
  }

  @Test func messagesStayOnOneLine() {
    #expect(singleLine("a\nb\u{1b}[2Jc") == "a b\\u{1B}[2Jc")
    #expect(singleLine("Grüße 🙂") == "Grüße 🙂")
  }

  @Test func tableAligns() {
    var table = TextTable([.left("path"), .right("bytes"), .left("reason")])
    table.append(["a.png", "10", ""])
    table.append(["longer.png", "1000", "cut\nshort"])
    #expect(
      table.description == """
        path        bytes  reason
        a.png          10
        longer.png   1000  cut short
        """)
  }

  @Test func tableWithoutTitles() {
    var table = TextTable([.left(""), .right("")])
    table.append(["a", "1"])
    table.append(["bc", "23"])
    #expect(table.description == "a    1\nbc  23")
  }
}
