import Signals

extension PixelMask {
  /// The pixels nearest to measured points.
  init(nearest observations: PixelObservations, width: Int, height: Int) {
    var observed = [Bool](repeating: false, count: width * height)
    for point in 0..<observations.count {
      if let pixel = observations.nearestPixel(of: point, width: width, height: height) {
        observed[pixel.row * width + pixel.column] = true
      }
    }
    self.init(width: width, height: height, observed: observed)
  }
}
