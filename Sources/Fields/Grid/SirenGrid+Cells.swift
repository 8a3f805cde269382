extension SirenGrid {
  /// The field `x -> scale * self(x) + offset`; the windows sum to 1, so each cell is mapped alike.
  ///
  /// - Parameters:
  ///   - scale: the factor on all channels.
  ///   - offset: one offset per channel.
  public func mappingValues(scale: Float, offset: [Float]) -> SirenGrid {
    var result = self
    let count = architecture.parameterCount
    for cell in 0..<grid.count {
      result.parameters.replaceSubrange(
        cell * count..<(cell + 1) * count,
        with: siren(of: cell).mappingValues(scale: scale, offset: offset).parameters.values)
    }
    return result
  }
}

extension CellGrid {
  /// The samples of a cell's support as coordinates of its network, `[samples, d]`, row-major.
  package func localCoordinates(of cell: Int) -> [Float] {
    let places = zip(zip(axes, support(of: cell)), indices(of: cell)).map { axis, index in
      axis.1.map { Float(axis.0.local(Double($0), in: index)) }
    }
    let count = places.reduce(1) { $0 * $1.count }
    var result: [Float] = []
    result.reserveCapacity(count * axes.count)
    for sample in 0..<count {
      var (rest, span) = (sample, count)
      for own in places {
        span /= own.count
        result.append(own[rest / span])
        rest %= span
      }
    }
    return result
  }
}
