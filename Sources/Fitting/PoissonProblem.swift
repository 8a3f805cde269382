import DifferentiableCore
import Fields
import Foundation
import Signals

/// A picture restored from its derivatives alone (arXiv 2006.09661, section 4.1).
public struct PoissonProblem: Sendable {
  /// The known derivatives of the picture.
  public enum Source: String, Sendable, CaseIterable {
    /// The Sobel responses.
    case gradient
    /// The five-point Laplacian.
    case laplacian
  }

  /// The form in which the derivatives constrain the field.
  public enum Formulation: String, Sendable, CaseIterable {
    /// Differences between pixels, computed like the measured ones; see ``GridObjective``.
    case standard = "default"
    /// The network's own derivatives in the right units.
    ///
    /// The response of a filter is divided by its gain, per pixel, where a pixel is 2 / (size - 1) coordinate units.
    case derivative
    /// The network's own derivatives, set equal to the raw responses of the filters.
    ///
    /// This is the setting of the well-known notebook, which finds the picture up to an unknown scale.
    case notebook
  }

  /// The original picture, 0...1; the fit uses only its mean and range.
  public let truth: Image
  /// The known derivatives.
  public let source: Source
  /// The form of the constraints.
  public let formulation: Formulation
  /// The objective to which one network is fitted.
  public let objective: any FieldObjective
  /// The classical solution from the same derivatives, with its means restored in the same way.
  public let classicalSolution: Image

  /// The differences to which the cells of a grid can be fitted; nil for conditions on the network's own derivatives.
  public let gridDifferences: GridDifferences?

  /// Creates the problem of a picture.
  ///
  /// - Parameter image: a picture with values 0...1 and any number of channels.
  public init(_ image: Image, from source: Source, _ formulation: Formulation = .standard) {
    truth = image
    self.source = source
    self.formulation = formulation
    classicalSolution = Self.classicalSolution(image, source)
    let values = Self.networkValues(image)
    switch formulation {
    case .standard:
      let (term, differences) = Self.differences(
        of: values, source, classical: Self.networkValues(classicalSolution))
      objective = GridObjective(
        height: values.height, width: values.width, channels: values.channels, [(term, 1)])
      gridDifferences = differences
    case .derivative, .notebook:
      objective = Self.constraints(values, source, formulation)
      gridDifferences = nil
    }
  }

  static func networkValues(_ image: Image) -> Image {
    var result = image
    for index in result.values.indices { result.values[index] = 2 * result.values[index] - 1 }
    return result
  }

  /// The differences between pixels, for one network and for the cells of a grid.
  private static func differences(
    of values: Image, _ source: Source, classical: Image
  ) -> (GridTerm, GridDifferences) {
    switch source {
    case .gradient:
      let (y, x) = values.sobel()
      return (
        .sobel(y: y, x: x), GridDifferences(.sobel, down: y, right: x, values: classical)
      )
    case .laplacian:
      let laplacian = values.laplacian()
      return (
        .laplacian(laplacian),
        GridDifferences(.laplacian, down: laplacian, right: nil, values: classical)
      )
    }
  }

  /// Equation 3 of the paper with one constraint, over the pixels.
  private static func constraints(
    _ values: Image, _ source: Source, _ formulation: Formulation
  ) -> any FieldObjective {
    let stretch = formulation == .derivative ? stretch(values) : [1, 1]
    // Coordinate units from a pixel to the next, the same along both axes once stretched.
    let pixel = 2 / Float(max(1, max(values.height, values.width) - 1))
    let pixels = Domain(pointCount: values.pixelCount, coordinates: 2) { point in
      [
        stretch[0]
          * CoordinateGrid.coordinate(ofIndex: Double(point / values.width), size: values.height),
        stretch[1]
          * CoordinateGrid.coordinate(ofIndex: Double(point % values.width), size: values.width),
      ]
    }
    let constraint: Constraint
    switch source {
    case .gradient:
      let (y, x) = values.sobel()
      let unit = formulation == .derivative ? 1 / (8 * pixel) : 1
      constraint = .gradient(
        equals: zip(y.values, x.values).flatMap { [unit * $0, unit * $1] }, on: pixels,
        weight: 1 / Double(values.channels))
    case .laplacian:
      let unit = formulation == .derivative ? 1 / (pixel * pixel) : 1
      constraint = .laplacian(
        equals: values.laplacian().values.map { unit * $0 }, on: pixels,
        weight: 1 / Double(values.channels))
    }
    return ConstraintProblem(coordinates: 2, outputs: values.channels, [constraint])
  }

  /// The factors on the coordinates that make pixels square; 1 for the longer side.
  private static func stretch(_ image: Image) -> [Float] {
    let longest = Float(max(1, max(image.height, image.width) - 1))
    return [image.height, image.width].map { $0 > 1 ? Float($0 - 1) / longest : 1 }
  }

  /// The field with the values that its derivatives do not determine.
  ///
  /// The constant of each channel comes from the picture's known mean. Where units were not kept, the scale comes
  /// from its known range.
  ///
  /// - Parameter fitted: the field as it was fitted.
  /// - Returns: a field on the usual coordinates, -1...1, with values of -1...1.
  public func restored<Fitted: AffineField>(_ fitted: Fitted) -> Fitted {
    let field =
      formulation == .derivative
      ? fitted.scalingCoordinates(by: Self.stretch(truth)) : fitted
    let target = Self.networkValues(truth)
    let values = field.evaluate(
      at: CoordinateGrid.points(height: truth.height, width: truth.width), derivatives: .none
    ).value
    let span = { (values: [Float]) in (values.max() ?? 0) - (values.min() ?? 0) }
    let found = span(values)
    let scale = formulation == .notebook && found > 0 ? span(target.values) / found : 1
    let channels = truth.channels
    let mean = { (values: [Float], channel: Int) -> Double in
      var sum = 0.0
      for index in stride(from: channel, to: values.count, by: channels) {
        sum += Double(values[index])
      }
      return sum * Double(channels) / Double(values.count)
    }
    return field.mappingValues(
      scale: scale,
      offset: (0..<channels).map {
        Float(mean(target.values, $0) - Double(scale) * mean(values, $0))
      })
  }

  private static func classicalSolution(_ truth: Image, _ source: Source) -> Image {
    let solution =
      switch source {
      case .gradient: ClassicalPoisson.solve(sobel: truth.sobel())
      case .laplacian: ClassicalPoisson.solve(laplacian: truth.laplacian())
      }
    return solution.withMeans(of: truth)
  }
}
