import DifferentiableCore
import Fields
import ImagePriors
import Numerics
import Signals

extension HyperNetworkPrior {
  /// The largest number of points for the encoder; the fit in closed form uses all points.
  ///
  /// The encoder is trained with up to half of a picture's pixels, so more points would be outside its
  /// training range.
  public var encoderPointLimit: Int {
    max(1, configuration.imageSize * configuration.imageSize / 2)
  }

  /// The SIREN that fits the observed points of one picture.
  ///
  /// - Parameters:
  ///   - observations: 0 or more points of values 0...1 in the prior's channels.
  ///   - width: width in pixels of the picture to which positions refer.
  ///   - height: height of that picture in pixels.
  /// - Returns: a network from (row, column) in -1...1 to values in -1...1.
  /// - Throws: `PriorError` if the channels differ or the fit fails.
  public func field(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> Siren {
    try field(of: try code(explaining: observations, width: width, height: height))
  }

  /// The code of a picture, from which its network is generated.
  ///
  /// The parameters and errors are those of `field(explaining:width:height:)`.
  func code(
    explaining observations: PixelObservations, width: Int, height: Int
  ) throws -> HyperNetworkCode {
    guard observations.channels == configuration.channels else {
      throw PriorError.channels(
        expected: configuration.channels, actual: observations.channels)
    }
    let coordinates = Tensor(
      CoordinateGrid.points(of: observations, height: height, width: width),
      shape: [observations.count, 2])
    let values = Tensor(
      observations.values.map { 2 * $0 - 1 }, shape: [observations.count, observations.channels])
    let views = parameters.views()
    let latent = latent(coordinates: coordinates, values: values, views)
    guard configuration.isConditioned, observations.count > 0 else {
      return HyperNetworkCode(latent: latent, change: nil)
    }
    let siren = try effectiveSiren(configuration.hyperNetworkHead.fields(from: latent, views))
    return HyperNetworkCode(
      latent: latent,
      change: try change(of: siren, coordinates: coordinates, values: values, views))
  }

  /// The network of a code.
  func field(of code: HyperNetworkCode) throws -> Siren {
    let views = parameters.views()
    let siren = try effectiveSiren(
      configuration.hyperNetworkHead.fields(from: code.latent, views))
    return try code.change.map { try applying($0, to: siren) } ?? siren
  }

  private func latent(
    coordinates: Tensor, values: Tensor, _ views: ParameterViews
  ) -> Tensor {
    var points = Tensor.concatenated([coordinates, values], axis: 1)
    if points.shape[0] > encoderPointLimit {
      var random = Xoshiro256(fixed: .encoderPoints, UInt64(points.shape[0]))
      points = points.gatheredRows(random.sample(encoderPointLimit, of: points.shape[0]))
    }
    return configuration.contextEncoder.latent(
      of: points.reshaped([1] + points.shape), mask: nil, views)
  }

  /// The generated network of a batch of one picture as an ordinary SIREN.
  private func effectiveSiren(_ fields: GeneratedFields) throws -> Siren {
    var values: [Float] = []
    for layer in fields.sines {
      values += layer.weight.values
      values += layer.bias.values
    }
    values += fields.outputWeight.values
    values += fields.outputBias.values
    let layout = Siren.layout(of: configuration.field)
    guard values.count == layout.count,
      let siren = Siren(
        configuration.field, parameters: Parameters(layout: layout, values: values))
    else { throw PriorError.notFinite }
    return siren
  }

  /// The change of the output layer that fits it to all observed points, `[width + 1, c]`, with the biases
  /// in the last row.
  private func change(
    of siren: Siren, coordinates: Tensor, values: Tensor, _ views: ParameterViews
  ) throws -> DoubleMatrix {
    let layers = configuration.field.layers
    let sirenViews = siren.parameters.views()
    let sineLayers = layers.dropLast().map { layer in
      SirenLayer(
        weight: sirenViews[layer.weightName], bias: sirenViews[layer.biasName],
        omega: layer.omega)
    }
    let last = layers[layers.count - 1]
    let hidden = Siren.evaluate(at: coordinates, sineLayers)
    let generated = SirenLayer(
      weight: sirenViews[last.weightName], bias: sirenViews[last.biasName], omega: nil
    ).apply(to: hidden)
    let features = hidden.reshaped([1] + hidden.shape).withConstant
    return try Conditioning.exactChange(
      features: features.reshaped([hidden.shape[0], hidden.shape[1] + 1]),
      residuals: values - generated, logPrecision: views[Conditioning.precisionName])
  }

  private func applying(_ change: DoubleMatrix, to siren: Siren) throws -> Siren {
    let last = configuration.field.layers[configuration.field.layers.count - 1]
    var result = siren
    guard
      let weight = siren.parameters.layout[last.weightName],
      let bias = siren.parameters.layout[last.biasName]
    else { throw PriorError.notFinite }
    for output in 0..<last.outputs {
      for input in 0..<last.inputs {
        result.parameters.values[weight.offset + output * last.inputs + input] += Float(
          change[input, output])
      }
      result.parameters.values[bias.offset + output] += Float(change[last.inputs, output])
    }
    guard result.parameters.values.allSatisfy({ $0.isFinite }) else { throw PriorError.notFinite }
    return result
  }
}
