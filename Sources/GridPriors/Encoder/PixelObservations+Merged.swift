import Signals

extension PixelObservations {
  /// The same observations by rows and columns, with the mean of those at one position.
  ///
  /// A result that is computed from these does not depend on the order of the observations.
  func merged() -> PixelObservations {
    let place = { (point: Int) in (positions[2 * point], positions[2 * point + 1]) }
    // The error about a number that is not finite names the point by its index.
    guard positions.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite) else { return self }
    // Masks give points in this order already.
    if (1..<max(1, count)).allSatisfy({ place($0 - 1) < place($0) }) { return self }
    let order = orderedPoints()
    var merged = PixelObservations(channels: channels, positions: [], values: [])
    var start = 0
    while start < order.count {
      let end = order[start...].firstIndex { place($0) != place(order[start]) } ?? order.count
      merged.positions.append(positions[2 * order[start]])
      merged.positions.append(positions[2 * order[start] + 1])
      for channel in 0..<channels {
        let sum = order[start..<end].reduce(0.0) {
          $0 + Double(values[$1 * channels + channel])
        }
        merged.values.append(Float(sum / Double(end - start)))
      }
      start = end
    }
    return merged
  }
}
