import DifferentiableCore
import Fields
import Foundation
import Numerics
import Signals
import Training

/// The measured work of single fields: the SIREN paper's experiments, and rendering.
public enum FieldWorkloads: WorkloadList {
  /// `siren`.
  public static let program = "siren"
  /// The end of "Measures ...".
  public static let subject =
    "the work of single networks: steps of the SIREN paper's experiments, and rendering"

  /// All, in the order in which they are printed.
  ///
  /// - Parameter scale: divides the sides of pictures and the length of the sound, for quick trials;
  ///   1 is what is published.
  public static func all(scale: Int) -> [BenchmarkWorkload] {
    let side = { (size: Int) in max(8, size / scale) }
    return [
      step(
        "image", "a step on all pixels of a grey 256x256 picture (the notebook's)",
        [side(256), side(256)], .none),
      step(
        "gradient", "a gradient-supervised step on 128x128", [side(128), side(128)], .gradient),
      step(
        "laplacian", "a Laplacian-supervised step on 128x128", [side(128), side(128)], .laplacian),
      step(
        "audio", "a step on all 308,207 samples of a sound, omega 3000",
        [max(64, 308_207 / scale)], .none, omegaFirst: 3_000),
      grid(side: side),
      rendering("render", "values, 2048x2048", side(2_048), .none),
      rendering("render-gradient", "values and gradients, 1024x1024", side(1_024), .gradient),
      rendering("render-laplacian", "values to Laplacians, 1024x1024", side(1_024), .laplacian),
    ]
  }

  /// Passes through the network that the cheapest known way needs, in units of evaluating it once.
  ///
  /// For d coordinates and c outputs, forward tangents carry 1 + d rows, reverse mode one more pass
  /// for each output; the second derivatives of a Laplacian need one row more than the tangents. A
  /// training step costs three times the evaluation.
  static func passes(_ derivatives: FieldDerivatives, coordinates: Int, outputs: Int) -> Int {
    switch derivatives {
    case .none: 1
    case .gradient: 1 + min(coordinates, outputs)
    case .laplacian: 2 + coordinates
    }
  }

  /// Multiply-adds of evaluating a network at one point.
  static func multiplyAdds(_ architecture: SirenArchitecture) -> Int {
    architecture.layers.reduce(0) { $0 + $1.inputs * $1.outputs }
  }

  private static func operations(
    _ architecture: SirenArchitecture, points: Int, _ derivatives: FieldDerivatives
  ) -> Double {
    let passes = passes(
      derivatives, coordinates: architecture.coordinates, outputs: architecture.outputs)
    return 2 * Double(passes) * Double(multiplyAdds(architecture)) * Double(points)
  }

  private static func coordinates(_ extents: [Int]) -> [Float] {
    extents.count == 1
      ? CoordinateGrid.axis(size: extents[0])
      : CoordinateGrid.points(height: extents[0], width: extents[1])
  }

  /// One update of a fit to a smooth target: loss, derivative, Adam.
  private static func step(
    _ name: String, _ summary: String, _ extents: [Int], _ derivatives: FieldDerivatives,
    omegaFirst: Float = 30
  ) -> BenchmarkWorkload {
    let architecture = SirenArchitecture(coordinates: extents.count, omegaFirst: omegaFirst)
    let points = extents.reduce(1, *)
    return BenchmarkWorkload(
      name: name, summary: summary, points: points,
      operations: 3 * operations(architecture, points: points, derivatives)
    ) {
      var random = Xoshiro256(seed: 1)
      var field = Siren(architecture, random: &random)
      var optimizer = Adam(parameterCount: architecture.parameterCount)
      let axes = extents.count
      let coordinates = coordinates(extents)
      let targets = (0..<points).map { sin(7 * coordinates[$0 * axes]) }
      let scale = 1 / Float(points)
      return {
        let (_, gradient) = field.lossGradient(
          pointCount: points, derivatives: derivatives,
          coordinates: { Array(coordinates[$0.lowerBound * axes..<$0.upperBound * axes]) },
          loss: { block, slope in
            // The derivative that the loss is of: the last one that was asked for.
            switch derivatives {
            case .none: squares(block.value, &slope.value, targets, block.points, 1, scale)
            case .gradient:
              squares(block.gradient, &slope.gradient, targets, block.points, axes, scale)
            case .laplacian:
              squares(block.laplacian, &slope.laplacian, targets, block.points, 1, scale)
            }
          })
        optimizer.update(&field.parameters.values, gradient: gradient, learningRate: 1e-4)
      }
    }
  }

  /// The sum of squared differences, times `scale`, and its derivative; `axes` values a point share
  /// a target.
  private static func squares(
    _ values: [Float], _ slope: inout [Float], _ targets: [Float], _ points: Range<Int>,
    _ axes: Int, _ scale: Float
  ) -> Double {
    var total: Float = 0
    for index in values.indices {
      let difference = values[index] - targets[points.lowerBound + index / axes]
      total += difference * difference
      slope[index] = 2 * scale * difference
    }
    return Double(total * scale)
  }

  private static func rendering(
    _ name: String, _ summary: String, _ size: Int, _ derivatives: FieldDerivatives
  ) -> BenchmarkWorkload {
    let architecture = SirenArchitecture()
    return BenchmarkWorkload(
      name: name, summary: summary, points: size * size,
      operations: operations(architecture, points: size * size, derivatives)
    ) {
      var random = Xoshiro256(seed: 1)
      let field = Siren(architecture, random: &random)
      let coordinates = coordinates([size, size])
      return { _ = field.evaluate(at: coordinates, derivatives: derivatives) }
    }
  }
}
