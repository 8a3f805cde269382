import Foundation

extension Xoshiro256 {
  /// A uniform number in [0, 1) with 53 random bits.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A uniform number in [low, high), a multiple of 2^-24 of the range.
  public mutating func uniform(in range: ClosedRange<Float>) -> Float {
    let unit = Float(next() >> 40) * 0x1p-24
    return range.lowerBound + (range.upperBound - range.lowerBound) * unit
  }

  /// A uniform whole number in 0..<bound, without bias (Lemire 2019).
  public mutating func uniform(below bound: Int) -> Int {
    precondition(bound >= 1, "a random number below \(bound) does not exist")
    let bound = UInt64(bound)
    var (high, low) = next().multipliedFullWidth(by: bound)
    if low < bound {
      let threshold = (0 &- bound) % bound
      while low < threshold { (high, low) = next().multipliedFullWidth(by: bound) }
    }
    return Int(high)
  }

  /// A standard normal number (Box and Muller; one of the pair is used, so no state is hidden).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// The numbers 0..<count in random order (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    sample(count, of: count)
  }

  /// `count` different numbers of 0..<total, in random order.
  public mutating func sample(_ count: Int, of total: Int) -> [Int] {
    precondition(
      count >= 0 && count <= total, "cannot draw \(count) different numbers out of \(total)")
    var numbers = Array(0..<total)
    for position in 0..<count {
      numbers.swapAt(position, position + uniform(below: total - position))
    }
    return Array(numbers.prefix(count))
  }
}
