extension PixelObservations {
  /// The indices of the points by row, column and values.
  ///
  /// Sums of floating-point numbers depend on their order, so a result that must not depend on the order of the points
  /// is computed in this one. Positions and values must be finite.
  package func orderedPoints() -> [Int] {
    let place = { (point: Int) in (positions[2 * point], positions[2 * point + 1]) }
    let own = { (point: Int) in values[point * channels..<(point + 1) * channels] }
    return (0..<count).sorted { first, second in
      place(first) == place(second)
        ? own(first).lexicographicallyPrecedes(own(second)) : place(first) < place(second)
    }
  }
}
