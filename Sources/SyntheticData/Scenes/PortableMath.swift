/// Elementary functions made of additions, products and quotients alone.
///
/// Every machine rounds these alike, so what is drawn with them is the same bit for bit everywhere. The
/// relative errors are below 1e-5, far less than a picture's 256 levels show.
package enum PortableMath {
  /// 2 to the power of `x`, for `x` in -100...100; arguments beyond are limited to that range.
  @inline(__always)
  package static func exp2(_ x: Float) -> Float {
    let limited = min(max(x, -100), 100)
    let whole = wholePart(limited + 0.5)
    let rest = limited - Float(whole)
    // Taylor's series for an argument within half an octave of 0.
    let tail: Float = 0.001_333_356 + rest * 0.000_154_035
    let middle: Float = 0.055_504_11 + rest * (0.009_618_129 + rest * tail)
    let series: Float = 1 + rest * (0.693_147_2 + rest * (0.240_226_5 + rest * middle))
    return series * Float(bitPattern: UInt32(bitPattern: (whole &+ 127) &<< 23))
  }

  /// The logarithm to base 2 of a positive number.
  @inline(__always)
  package static func log2(_ x: Float) -> Float {
    let bits = max(x, Float.leastNormalMagnitude).bitPattern
    var exponent = Int32(bitPattern: bits >> 23) &- 127
    var significand = Float(bitPattern: (bits & 0x007F_FFFF) | 0x3F80_0000)
    if significand > 1.414_213_5 {
      significand *= 0.5
      exponent &+= 1
    }
    let s = (significand - 1) / (significand + 1)
    let squared = s * s
    let tail: Float = 1 / 5 + squared * (1 / 7 + squared / 9)
    let series: Float = s * (1 + squared * (1 / 3 + squared * tail))
    return Float(exponent) + 2.885_390_1 * series
  }

  /// `base` to the power of `exponent`; 0 for a base that isn't positive.
  @inline(__always)
  package static func power(_ base: Float, _ exponent: Float) -> Float {
    base > 0 ? exp2(exponent * log2(base)) : 0
  }

  /// The sine of an angle in turns.
  @inline(__always)
  package static func sine(turns: Float) -> Float {
    var t = turns - Float(wholePart(turns + 0.5))
    if t > 0.25 { t = 0.5 - t }
    if t < -0.25 { t = -0.5 - t }
    let y = 6.283_185_3 * t
    let squared = y * y
    let tail: Float = -1 / 5_040 + squared * (1 / 362_880 - squared / 39_916_800)
    return y * (1 + squared * (-1 / 6 + squared * (1 / 120 + squared * tail)))
  }

  /// The unit vector at an angle in turns, measured from x towards y.
  @inline(__always)
  package static func direction(turns: Float) -> SIMD2<Float> {
    SIMD2(sine(turns: turns + 0.25), sine(turns: turns))
  }

  /// The display value (gamma 2.2) of linear light.
  @inline(__always)
  package static func displayed(_ light: Float) -> Float {
    power(light, 1 / 2.2)
  }

  /// Linear light of a colour given as hue (0...1, from red through green), saturation and display value.
  package static func light(hue: Float, saturation: Float, value: Float) -> Vector3 {
    func channel(_ offset: Float) -> Float {
      let turned = (offset + hue * 6) / 6
      let k = (turned - Float(wholePart(turned))) * 6
      return power(value * (1 - saturation * max(0, min(k, 4 - k, 1))), 2.2)
    }
    return Vector3(channel(5), channel(3), channel(1))
  }
}
