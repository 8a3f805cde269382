import Foundation

/// A number of bytes as readable text: `999 bytes`, `1.5 KiB`, `20 MiB`.
public func formatBytes(_ count: Int) -> String {
  guard count >= 1024 else { return "\(count) bytes" }
  var value = Double(count)
  var unit = "bytes"
  for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
    value /= 1024
    unit = next
  }
  return (value < 10 ? String(format: "%.1f", value) : String(format: "%.0f", value)) + " " + unit
}

/// A time span as readable text: `0.42 s`, `12 s`, `3:05 min`, `1:02:03 h`.
///
/// - Parameter seconds: a span; a value that is negative or not finite prints as `?`.
public func formatDuration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
  if seconds < 9.95 { return String(format: seconds < 0.995 ? "%.2f s" : "%.1f s", seconds) }
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return String(format: "%d:%02d min", whole / 60, whole % 60) }
  return String(format: "%d:%02d:%02d h", whole / 3600, whole / 60 % 60, whole % 60)
}
