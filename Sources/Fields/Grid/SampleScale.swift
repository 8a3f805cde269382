/// The conversion of coordinates, -1...1 from the first sample's centre to the last one's, to positions in samples.
struct SampleScale: Sendable {
  let samples: Int

  /// Samples per unit of the coordinate.
  var perUnit: Double { Double(max(1, samples - 1)) / 2 }

  /// Converts a coordinate to a position in samples.
  func place(of coordinate: Double) -> Double {
    (coordinate + 1) * Double(samples - 1) / 2
  }
}
