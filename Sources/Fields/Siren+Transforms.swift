import DifferentiableCore

// Changes of variables that turn a SIREN into another SIREN, exact up to rounding. The first or the last layer
// absorbs them.
extension Siren {
  /// The field `u -> self(factors * u)`, with its coordinates stretched axis by axis.
  ///
  /// Its derivatives are taken along `u`. If the factors are the size of a pixel, the derivatives are per pixel.
  ///
  /// - Parameter factors: one factor per coordinate.
  public func scalingCoordinates(by factors: [Float]) -> Siren {
    precondition(
      factors.count == architecture.coordinates,
      "\(factors.count) factors for \(architecture.coordinates) coordinates")
    var result = self
    guard let layer = architecture.layers.first,
      let weight = parameters.layout[layer.weightName]
    else { return result }
    for position in weight.range {
      result.parameters.values[position] *= factors[(position - weight.offset) % factors.count]
    }
    return result
  }

  /// The field `x -> scale * self(x) + offset`.
  ///
  /// - Parameters:
  ///   - scale: the factor on all channels.
  ///   - offset: one offset per channel.
  public func mappingValues(scale: Float, offset: [Float]) -> Siren {
    precondition(
      offset.count == architecture.outputs,
      "\(offset.count) offsets for \(architecture.outputs) channels")
    var result = self
    guard let layer = architecture.layers.last,
      let weight = parameters.layout[layer.weightName],
      let bias = parameters.layout[layer.biasName]
    else { return result }
    for position in weight.range { result.parameters.values[position] *= scale }
    for (channel, position) in bias.range.enumerated() {
      result.parameters.values[position] =
        scale * result.parameters.values[position]
        + offset[channel]
    }
    return result
  }

  /// The same field with more units per sine layer; the new units have zero weights and contribute nothing.
  ///
  /// - Parameter width: the new width of each sine layer, at least the current one.
  package func widened(to width: Int) -> Siren {
    precondition(
      width >= architecture.hiddenWidth,
      "a width of \(width) is less than \(architecture.hiddenWidth)")
    guard width > architecture.hiddenWidth else { return self }
    var wide = architecture
    wide.hiddenWidth = width
    let layout = Self.layout(of: wide)
    var values = [Float](repeating: 0, count: layout.count)
    for (own, other) in zip(parameters.layout.entries, layout.entries) {
      // Rows of weights become longer at their end, and further rows follow.
      let columns = own.shape.dropFirst().first ?? 1
      let wideColumns = other.shape.dropFirst().first ?? 1
      for (index, position) in own.range.enumerated() {
        let place = index / columns * wideColumns + index % columns
        values[other.offset + place] = parameters.values[position]
      }
    }
    return Siren(unchecked: wide, Parameters(layout: layout, values: values))
  }
}
