/// Parses width and height from text such as `512x384`, or `512` for a square.
///
/// - Returns: nil unless both are 1 to 16,384 and their product is at most 100 million.
public func parseSize(_ text: String) -> (width: Int, height: Int)? {
  let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    .map { Int($0) }
  guard (1...2).contains(parts.count), let width = parts.first ?? nil,
    let height = parts.last ?? nil, (1...16_384).contains(width), (1...16_384).contains(height),
    width * height <= 100_000_000
  else { return nil }
  return (width, height)
}
