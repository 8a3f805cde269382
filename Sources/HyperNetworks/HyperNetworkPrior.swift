import DifferentiableCore
import Fields
import Numerics

/// A prior over pictures: an encoder of observed points, and a hypernetwork that generates a SIREN.
public struct HyperNetworkPrior: Sendable, Equatable {
  /// The architecture, which decides the shapes of the parameters.
  public let configuration: HyperNetworkConfiguration
  /// All parameters in one flat buffer.
  public var parameters: Parameters

  /// A freshly initialized prior.
  public init(_ configuration: HyperNetworkConfiguration, seed: UInt64) {
    var random = Xoshiro256(seed: seed)
    self.configuration = configuration
    var parameters = Parameters()
    Self.appendParameters(of: configuration, to: &parameters, random: &random)
    self.parameters = parameters
  }

  private static func appendParameters(
    of configuration: HyperNetworkConfiguration, to parameters: inout some ParameterBuilder,
    random: inout Xoshiro256
  ) {
    configuration.contextEncoder.appendParameters(to: &parameters, random: &random)
    configuration.hyperNetworkHead.appendParameters(to: &parameters, random: &random)
    if configuration.isConditioned {
      Conditioning.appendParameters(
        to: &parameters, features: configuration.field.hiddenWidth)
    }
  }

  /// Names and shapes of the parameters of a configuration, computed without initializing them.
  package static func layout(of configuration: HyperNetworkConfiguration) -> ParameterLayout {
    var (layout, random) = (ParameterLayout(), Xoshiro256(seed: 0))
    appendParameters(of: configuration, to: &layout, random: &random)
    return layout
  }

  /// A prior with given parameters, which must have the layout of the configuration.
  package init(_ configuration: HyperNetworkConfiguration, parameters: Parameters) {
    precondition(
      parameters.layout.count == configuration.parameterCount,
      "\(parameters.layout.count) parameters, expected \(configuration.parameterCount)")
    self.configuration = configuration
    self.parameters = parameters
  }

  /// Number of parameters.
  public var parameterCount: Int { parameters.layout.count }
}

/// Observed points of b pictures, and the points to predict.
package struct HyperNetworkBatch: Sendable {
  /// Coordinates of the observed points, `[b, n, 2]`.
  package let contextCoordinates: Tensor
  /// Their values in -1...1, `[b, n, c]`.
  package let contextValues: Tensor
  /// 1 for a point, 0 for padding, `[b, n]`; nil without padding.
  package let contextMask: Tensor?
  /// Coordinates of the points to predict, `[b, m, 2]`.
  package let targetCoordinates: Tensor

  /// A batch from its arrays.
  package init(
    contextCoordinates: Tensor, contextValues: Tensor, contextMask: Tensor? = nil,
    targetCoordinates: Tensor
  ) {
    self.contextCoordinates = contextCoordinates
    self.contextValues = contextValues
    self.contextMask = contextMask
    self.targetCoordinates = targetCoordinates
  }

  /// Some of its pictures.
  func pictures(_ range: Range<Int>) -> HyperNetworkBatch {
    HyperNetworkBatch(
      contextCoordinates: contextCoordinates.sliced(axis: 0, range),
      contextValues: contextValues.sliced(axis: 0, range),
      contextMask: contextMask?.sliced(axis: 0, range),
      targetCoordinates: targetCoordinates.sliced(axis: 0, range))
  }
}

/// The prediction of a prior for a batch.
package struct HyperNetworkPrediction: Sendable {
  /// The predicted values in -1...1, `[b, m, c]`.
  package let values: Tensor
  /// The values before the output layer is fitted to the observed points; equal to `values` without a fit.
  package let unconditioned: Tensor
  /// The encoder's latent vectors, `[b, latentCount]`.
  package let latent: Tensor
  /// The generated networks.
  package let fields: GeneratedFields
}

extension HyperNetworkPrior {
  /// The prediction for a batch: differentiable with respect to tracked parameters.
  package static func predict(
    _ batch: HyperNetworkBatch, _ configuration: HyperNetworkConfiguration,
    _ parameters: ParameterViews
  ) -> HyperNetworkPrediction {
    let latent = latent(of: batch, configuration, parameters)
    let fields = configuration.hyperNetworkHead.fields(from: latent, parameters)
    let (values, unconditioned) = predict(batch, fields, configuration, parameters)
    return HyperNetworkPrediction(
      values: values, unconditioned: unconditioned, latent: latent, fields: fields)
  }

  /// The encoder's latent vectors for a batch, `[b, latentCount]`.
  static func latent(
    of batch: HyperNetworkBatch, _ configuration: HyperNetworkConfiguration,
    _ parameters: ParameterViews
  ) -> Tensor {
    let points = Tensor.concatenated([batch.contextCoordinates, batch.contextValues], axis: 2)
    return configuration.contextEncoder.latent(of: points, mask: batch.contextMask, parameters)
  }

  /// The predictions of generated networks before and after the fit of their output layers.
  ///
  /// - Parameter parameters: at least those of ``Conditioning`` if there is a fit.
  static func predict(
    _ batch: HyperNetworkBatch, _ fields: GeneratedFields,
    _ configuration: HyperNetworkConfiguration,
    _ parameters: ParameterViews
  ) -> (fitted: Tensor, generated: Tensor) {
    guard configuration.isConditioned else {
      let values = fields.features(at: batch.targetCoordinates).affine(ofEach: fields.lastLayers)
      return (values, values)
    }
    let coordinates = Tensor.concatenated(
      [batch.contextCoordinates, batch.targetCoordinates], axis: 1)
    return Conditioning.values(
      from: fields.features(at: coordinates), observed: batch.contextValues,
      layers: fields.lastLayers, logPrecision: parameters[Conditioning.precisionName],
      mask: batch.contextMask)
  }
}
