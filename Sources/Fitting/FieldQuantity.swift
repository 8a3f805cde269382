import DifferentiableCore
import Fields
import Foundation

/// The quantity of a field that is shown.
public enum FieldQuantity: String, Sendable, CaseIterable {
  /// The field itself.
  case value
  /// The magnitude and the direction of the gradient together, as brightness and hue.
  case gradient
  /// The length of the gradient.
  case magnitude
  /// The direction of the gradient, as hue.
  case direction
  /// The derivative to the right.
  case x
  /// The derivative downwards.
  case y
  /// The sum of the second derivatives.
  case laplacian

  /// The derivatives that the quantity needs.
  public var derivatives: FieldDerivatives {
    switch self {
    case .value: .none
    case .laplacian: .laplacian
    default: .gradient
    }
  }

  /// Number of channels of its picture for a field of `outputs` channels.
  public func channels(outputs: Int) -> Int {
    switch self {
    case .gradient, .direction: 3
    case .magnitude: 1
    default: outputs
    }
  }

  /// The numbers to show at each point of a block with two coordinates, row before column.
  ///
  /// The magnitude is the root mean square over channels. A direction is given by the gradient of the channels' mean,
  /// (right, down), and `gradient` adds the magnitude after it.
  ///
  /// - Returns: `[n, k]`; for a component, a Laplacian or a value, the channels.
  func numbers(of block: FieldBlock) -> [Float] {
    let channels = block.outputs
    let slope = { (row: Int, channel: Int, axis: Int) in
      block.gradient[(row * channels + channel) * 2 + axis]
    }
    switch self {
    case .value: return block.value
    case .laplacian: return block.laplacian
    case .x, .y:
      let axis = self == .x ? 1 : 0
      return (0..<block.points.count).flatMap { row in
        (0..<channels).map { slope(row, $0, axis) }
      }
    case .magnitude, .direction, .gradient:
      return (0..<block.points.count).flatMap { row -> [Float] in
        var (square, right, down): (Float, Float, Float) = (0, 0, 0)
        for channel in 0..<channels {
          let (y, x) = (slope(row, channel, 0), slope(row, channel, 1))
          square += y * y + x * x
          right += x
          down += y
        }
        let magnitude = (square / Float(channels)).squareRoot()
        switch self {
        case .magnitude: return [magnitude]
        case .direction: return [right, down]
        default: return [right, down, magnitude]
        }
      }
    }
  }

  /// The colour for some numbers, each channel 0...1 before clipping.
  ///
  /// - Parameters:
  ///   - numbers: the numbers of one point, as returned by `numbers(of:)`.
  ///   - scale: the magnitude shown at full brightness.
  func colours(of numbers: ArraySlice<Float>, scale: Float) -> [Float] {
    switch self {
    case .value: return numbers.map { 0.5 * $0 + 0.5 }
    case .laplacian, .x, .y: return numbers.map { 0.5 + 0.5 * $0 / scale }
    case .magnitude: return numbers.map { $0 / scale }
    case .direction, .gradient:
      let (right, down) = (numbers[numbers.startIndex], numbers[numbers.startIndex + 1])
      let brightness = self == .direction ? 1 : numbers[numbers.startIndex + 2] / scale
      return Self.hue(atan2(down, right)).map { $0 * min(1, brightness) }
    }
  }

  /// A saturated colour for an angle: red to the right, then through yellow and green clockwise.
  static func hue(_ angle: Float) -> [Float] {
    let sixth = (angle < 0 ? angle + 2 * .pi : angle) * 3 / .pi
    return [Float(0), 2, 4].map { shift in
      let distance = abs((sixth - shift + 9).truncatingRemainder(dividingBy: 6) - 3)
      return min(1, max(0, 2 - distance))
    }
  }
}
