import Foundation

/// The validation of one training over time, for a figure.
public struct ValidationCurve: Sendable, Equatable {
  /// The name in the legend.
  public var name: String
  /// What is measured; curves of one quantity share a plot.
  public var quantity: String
  /// Whether equal ratios are equally important, so the axis is logarithmic; all values are above 0.
  public var isLogarithmic: Bool
  /// Seconds of training.
  public var seconds: [Double]
  /// The values, as many.
  public var values: [Double]
  /// Whether it is the mean of other curves, which is drawn bold.
  public var isMean: Bool

  /// A curve.
  public init(
    name: String, quantity: String, isLogarithmic: Bool = false, seconds: [Double],
    values: [Double], isMean: Bool = false
  ) {
    precondition(
      seconds.count == values.count, "a curve of \(seconds.count) by \(values.count) numbers")
    self.name = name
    self.quantity = quantity
    self.isLogarithmic = isLogarithmic
    self.seconds = seconds
    self.values = values
    self.isMean = isMean
  }
}

extension Figure {
  /// Curves of validation against time: one plot per quantity, below each other, with one axis of time.
  public init(validations curves: [ValidationCurve], title: String = "") {
    let longest = curves.flatMap(\.seconds).filter(\.isFinite).max() ?? 0
    let (unit, name) =
      longest < 180 ? (1.0, "s") : longest < 7_200 ? (60, "min") : (3_600, "h")
    var quantities: [String] = []
    for curve in curves where !quantities.contains(curve.quantity) {
      quantities.append(curve.quantity)
    }
    let rows = quantities.enumerated().map { number, quantity -> [Panel] in
      let shown = curves.enumerated().filter { $0.element.quantity == quantity }
      let isLast = number == quantities.count - 1
      return [
        Panel.plot(
          Plot(
            number == 0 ? title : "",
            horizontal: Axis(
              isLast ? "time of training (\(name))" : "",
              range: longest > 0 ? 0...(longest / unit) : nil),
            vertical: Axis(quantity, scale: Self.scale(of: shown.map(\.element))),
            lines: shown.map { Self.line(of: $0.element, number: $0.offset, unit: unit) }))
      ]
    }
    self.init(rows: rows, panelWidth: 720, panelHeight: 320)
  }

  /// A logarithmic axis has ticks at powers of ten alone, so it takes a range of a power of ten.
  private static func scale(of curves: [ValidationCurve]) -> Axis.Scale {
    let values = curves.flatMap(\.values)
    guard curves.allSatisfy(\.isLogarithmic), let low = values.min(), let high = values.max(),
      low > 0
    else { return .linear }
    return high >= 10 * low ? .logarithmic : .linear
  }

  private static func line(of curve: ValidationCurve, number: Int, unit: Double) -> Plot.Line {
    var x = curve.seconds.map { $0 / unit }
    var y = curve.values
    if x.count == 1 {
      // A single value has no length; a level line from the start to it has.
      x.insert(0, at: 0)
      y.insert(y[0], at: 0)
    }
    let ink = curve.isMean ? Ink.reference : Ink.series[number % Ink.series.count]
    // After all colours were used, the lines are dashed.
    let dash = [nil, 6.0, 2.0][min(2, number / Ink.series.count)]
    return Plot.Line(
      x: x, y: y, name: curve.name,
      Stroke(ink, width: curve.isMean ? 2.4 : 1.6, dash: curve.isMean ? nil : dash))
  }
}
