import Signals

extension PixelObservations {
  /// Checks what every method asks for: something observed, all of it finite and in the picture.
  ///
  /// A position may lie up to half a pixel beyond the outermost pixel centres.
  func validate(for method: String, width: Int, height: Int) throws {
    guard count > 0 else { throw InpaintingMethodError.noObservations(method: method) }
    for index in 0..<count {
      let (row, column) = (positions[2 * index], positions[2 * index + 1])
      let own = values[(index * channels)..<((index + 1) * channels)]
      guard row.isFinite, column.isFinite, own.allSatisfy(\.isFinite) else {
        throw InpaintingMethodError.notFinite(method: method, index: index)
      }
      guard nearestPixel(of: index, width: width, height: height) != nil else {
        throw InpaintingMethodError.outside(
          method: method, row: row, column: column, width: width, height: height)
      }
    }
  }
}

/// Observations moved to the nearest pixel, for methods that know pixels only.
///
/// Several observations of one pixel are averaged.
struct ObservedPixels {
  /// Row-major indices of the observed pixels, ascending.
  let pixels: [Int]
  /// `[pixels.count, channels]`.
  let values: [Float]
  /// For each pixel of the picture whether it is observed.
  let isObserved: [Bool]

  /// Rounds validated observations.
  init(_ observations: PixelObservations, width: Int, height: Int) {
    let channels = observations.channels
    var sums = [Double](repeating: 0, count: width * height * channels)
    var counts = [Int](repeating: 0, count: width * height)
    for index in 0..<observations.count {
      guard let (row, column) = observations.nearestPixel(of: index, width: width, height: height)
      else { continue }
      let pixel = row * width + column
      counts[pixel] += 1
      for channel in 0..<channels {
        sums[pixel * channels + channel] += Double(observations.values[index * channels + channel])
      }
    }
    isObserved = counts.map { $0 > 0 }
    pixels = counts.indices.filter { counts[$0] > 0 }
    values = pixels.flatMap { pixel in
      (0..<channels).map { Float(sums[pixel * channels + $0] / Double(counts[pixel])) }
    }
  }

  /// Overwrites the observed pixels of a picture with what was observed.
  func copy(to image: inout Image) {
    for (index, pixel) in pixels.enumerated() {
      for channel in 0..<image.channels {
        image.values[pixel * image.channels + channel] = values[index * image.channels + channel]
      }
    }
  }
}
