import Foundation

/// The meshes of hair and headwear, in the head's own frame, and where hair grows on them.
struct HairSurface {
  private let style: HairStyle
  private let profile: HeadProfile
  private let crown: Float
  /// The ragged ends of the hair at equally spaced azimuths, stored because every sample needs
  /// them.
  private let ends: [Float]
  private static let endCount = 640
  private static let equator: Float = 0.2

  /// The hair of one person.
  init(_ style: HairStyle, profile: HeadProfile) {
    self.style = style
    self.profile = profile
    crown = profile.sections[0].y
    ends = (0...Self.endCount).map { step in
      let azimuth = Float.pi * (2 * Float(step) / Float(Self.endCount) - 1)
      let ragged =
        style.noise.value(azimuth * 14 + 3, 0.5) - 0.5
        + 0.7 * (style.noise.value(azimuth * 37, 9) - 0.5)
      return Self.end(style, atAzimuth: azimuth) + style.jaggedness * ragged
    }
  }

  /// The height of a polar angle: over the skull to the equator, then straight down.
  func height(atPolar polar: Float) -> Float {
    polar < Float.pi / 2
      ? Self.equator + (crown - Self.equator) * cosf(polar)
      : Self.equator - (polar - Float.pi / 2) * 0.9
  }

  /// The shell of hair.
  ///
  /// Its coordinates are azimuth, polar angle, and the position across the head.
  func mesh() -> SurfaceMesh {
    let last =
      max(
        max(style.sideEnd, style.backEnd), max(style.fringe, style.frontLine) + 0.2) + 0.25
    let rows = (28 + Int((last - 1.5) * 12)) * profile.azimuths.count / 81
    return shell(rows: rows, last: last) { azimuth, polar in
      thickness(azimuth, polar)
    }
  }

  /// A shell over the skull of the given thickness.
  ///
  /// - Parameter last: polar angle of the last row.
  func shell(rows: Int, last: Float, thickness: (Float, Float) -> Float) -> SurfaceMesh {
    let azimuths = profile.azimuths
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    positions.reserveCapacity(rows * azimuths.count)
    let release: Float = -0.08
    let held = profile.section(at: release)
    for row in 0..<rows {
      let polar = last * Float(row) / Float(rows - 1)
      let y = height(atPolar: polar)
      var section = profile.section(at: y)
      if y < release {
        // Hanging hair keeps the width that the head has above the ears.
        let drop = release - y
        let widening = 1 + style.flare * min(drop, 1.2)
        let following = profile.section(at: max(y, -0.62))
        section.halfWidth = mix(following.halfWidth, held.halfWidth * widening, style.hang)
        section.front = mix(following.front, held.front * (1 - 0.10 * min(drop, 1)), style.hang)
        section.back = mix(following.back, held.back * widening, style.hang)
        section.squareness = held.squareness
      }
      section.y = y
      for (column, azimuth) in azimuths.enumerated() {
        let base = profile.point(on: section, column: column)
        let up = polar < 1.65 ? cosf(min(polar, 1.57)) : 0
        let flat = (1 - up * up).squareRoot()
        let outwards = Vector3(sinf(azimuth) * flat, up, cosf(azimuth) * flat)
        positions.append(base + outwards * thickness(azimuth, polar))
        coordinates.append(SIMD4(azimuth, polar, 0, 0))
      }
    }
    return SurfaceMesh(
      rows: rows, columns: azimuths.count, positions: positions, coordinates: coordinates)
  }

  private func thickness(_ azimuth: Float, _ polar: Float) -> Float {
    // A hat presses the hair down to its rim.
    let low = style.isPressed ? smoothstep(1.12, 1.8, polar) : smoothstep(0.5, 1.5, polar)
    let behind = smoothstep(1.6, 2.4, abs(azimuth))
    let side = mix(style.sides, style.back, behind)
    var result = mix(style.top, side, low)
    let front = smoothstep(1.3, 0.3, abs(azimuth))
    // The front edge lies on the forehead, unless a quiff lifts it.
    let edge = smoothstep(style.frontLine - 0.35, style.frontLine, polar)
    if style.fringe > 0 {
      result = mix(result, max(0.06, style.sides * 0.7), front * edge)
    } else {
      result = mix(result, 0.025 + 0.75 * style.quiff, front * edge)
    }
    result +=
      style.quiff * front * smoothstep(0.1, 0.6, polar) * (1 - edge)
      * (1 + style.sweep * azimuth)
    if style.part != 0 || style.partOpening > 0 {
      let distance = azimuth - style.part
      result *= 1 - 0.30 * bell(distance * distance / 0.05) * smoothstep(1.1, 0.5, polar)
    }
    // Hair that ends on the skin thins out before its end.
    if !style.coversEars {
      let end = end(atAzimuth: azimuth)
      result = mix(result, min(result, 0.018), smoothstep(end - 0.5, end, polar))
    }
    if style.waveAmplitude > 0 {
      let phase = style.noise.value(azimuth * 2.5, 3.1) * 5
      result +=
        style.waveAmplitude * sinf(polar * style.waveFrequency + phase)
        * smoothstep(0.9, 1.7, polar)
    }
    if style.curl > 0 && !(style.isPressed && polar < 1.25) {
      let size: Float = 5
      let lumps =
        style.noise.layered(sinf(azimuth) * size + 7, cosf(azimuth) * size + polar * size) - 0.5
      result += style.curl * lumps * 0.35 * (0.35 + side) * smoothstep(0, 0.35, polar)
    }
    return max(result, 0.006)
  }

  /// The polar angle at which hair ends.
  @inline(__always)
  private func end(atAzimuth azimuth: Float) -> Float {
    let place = saturate(azimuth / (2 * Float.pi) + 0.5) * Float(Self.endCount)
    let lower = min(Int(place), Self.endCount - 1)
    return mix(ends[lower], ends[lower + 1], place - Float(lower))
  }

  private static func end(_ style: HairStyle, atAzimuth azimuth: Float) -> Float {
    let a = abs(azimuth)
    let fromPart = azimuth - style.part
    var front = style.frontLine + style.sweep * 0.35 * azimuth * smoothstep(0.9, 0.3, a)
    front -= style.recession * bell((a - 0.55) * (a - 0.55) / 0.12)
    if style.partOpening > 0 {
      front += min(fromPart * fromPart * (0.25 + 2.2 * style.partOpening), 0.7)
    }
    if style.fringe > 0 {
      let hang = style.fringe + style.sweep * azimuth
      front = mix(hang, front, smoothstep(0.85, 1.05, a) * (style.coversEars ? 0 : 1))
    }
    if style.coversEars {
      let edge = style.opening
      let side = mix(style.sideEnd, style.backEnd, smoothstep(1.4, 2.6, a))
      return mix(
        front + 0.35 * smoothstep(edge - 0.5, edge, a), side,
        smoothstep(edge - 0.16, edge + 0.13, a))
    }
    let temple = mix(front, 1.18, smoothstep(0.62, 0.95, a))
    let burn = mix(temple, style.sideEnd, smoothstep(0.98, 1.16, a))
    let overEar = mix(burn, 1.58, smoothstep(1.26, 1.42, a))
    return mix(overEar, style.backEnd, smoothstep(1.75, 2.3, a))
  }

  /// How much hair covers a point of the shell, 0...1.
  ///
  /// - Parameter softness: half width of the edge in polar angle.
  func coverage(_ azimuth: Float, _ polar: Float, softness: Float) -> Float {
    guard style.opacity > 0 else { return 0 }
    let end = end(atAzimuth: azimuth)
    // Below the equator the ends of long hair thin out; at the skin the edge is short.
    let width = softness + (style.coversEars && polar > 1.7 ? 0.10 : 0.05)
    var result = style.opacity * smoothstep(end + width, end - width, polar)
    if style.bald > 0 {
      let top = style.bald - 0.35 * smoothstep(1.2, 2.4, abs(azimuth))
      result *= smoothstep(top - 0.12, top + 0.12, polar)
    }
    return result
  }

  /// A bun or ponytail; nil if the style has none.
  func knot() -> SurfaceMesh? {
    guard let knot = style.knot else { return nil }
    return HeadSurface.ellipsoid(rows: 19, columns: 29) { direction in
      let lumps = 0.92 + 0.16 * style.noise.value(direction.x * 4 + 9, direction.y * 4)
      return (
        knot.centre + knot.radii * direction * lumps,
        // A polar angle of 0.5 lies inside every cut.
        SIMD4(direction.x * 2, 0.5 + direction.y * 0.2, 0, 1)
      )
    }
  }
}
