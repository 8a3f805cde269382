import Signals

extension PixelObservations {
  /// Throws unless there are observations, and all of them are finite and within the picture.
  ///
  /// A position may lie up to half a pixel beyond the outermost pixel centres.
  package func validate(for method: String, width: Int, height: Int) throws {
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
