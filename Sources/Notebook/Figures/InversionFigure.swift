import DifferentiableCore
import Fitting
import Foundation
import Reporting
import Signals

/// The picture of a velocity that was found from receivers: true and found velocity, their difference, and the field.
public enum InversionFigure {
  private static let side = 160

  /// The figure of an inversion.
  public static func figure(
    of inversion: HelmholtzInversion, _ network: DoubleNetwork, _ factors: [Double],
    history: [EquationProgress]
  ) -> Figure {
    let place = { (index: Int) in 1.4 * Double(index) / Double(side - 1) - 0.7 }
    var (truth, found) = ([Float](), [Float]())
    for row in 0..<side {
      for column in 0..<side {
        truth.append(
          Float(inversion.trueVelocity(row: place(row), column: place(column))))
        found.append(
          Float(inversion.velocity(factors, row: place(row), column: place(column))))
      }
    }
    let range = (truth.min() ?? 0.8)...max(truth.max() ?? 1.2, (truth.min() ?? 0.8) + 1e-3)
    let errors = zip(found, truth).map { abs($0 - $1) }
    let largest = max(errors.max() ?? 0, .leastNormalMagnitude)
    let picture = { (numbers: [Float], range: ClosedRange<Float>) in
      ColorMap.sequential.picture(of: numbers, width: side, height: side, range: range)
    }
    let note = String(format: "%.3f to %.3f", range.lowerBound, range.upperBound)
    var known = picture(truth, range)
    mark(inversion, on: &known)
    let fields = EquationFigure.figure(of: inversion.problem, network, history: history)
    return Figure(
      rows: [
        [
          .picture(known, title: "True velocity", note: note + "; receivers white, sources red"),
          .picture(picture(found, range), title: "Found velocity", note: note),
          .picture(
            picture(errors, 0...largest), title: "Error of the velocity",
            note: String(format: "magnitude, 0 to %.1e", largest)),
        ]
      ] + fields.rows, panelWidth: fields.panelWidth, panelHeight: fields.panelHeight)
  }

  /// Draws receivers and sources as small squares.
  private static func mark(_ inversion: HelmholtzInversion, on picture: inout Image) {
    let pixel = { (place: Double) in Int(((place + 0.7) / 1.4 * Double(side - 1)).rounded()) }
    func square(_ row: Double, _ column: Double, _ colour: [Float], _ reach: Int) {
      for y in pixel(row) - reach...pixel(row) + reach where (0..<side).contains(y) {
        for x in pixel(column) - reach...pixel(column) + reach where (0..<side).contains(x) {
          for channel in 0..<3 { picture.values[3 * (y * side + x) + channel] = colour[channel] }
        }
      }
    }
    for receiver in inversion.receivers { square(receiver.row, receiver.column, [1, 1, 1], 1) }
    for source in inversion.sources { square(source.row, source.column, [0.9, 0.2, 0.15], 2) }
  }
}
