import Foundation

/// The meshes of head, ears, neck and shoulders.
struct HeadSurface {
  let profile: HeadProfile
  var head: SurfaceMesh
  var ears: [SurfaceMesh]
  var neck: SurfaceMesh
  var torso: SurfaceMesh

  /// The point about which heads turn.
  static let pivot = Vector3(0, -0.55, -0.15)

  /// The meshes of one person.
  ///
  /// Head and ears are turned by `rotation`.
  ///
  /// - Parameter detail: density of the head's mesh, see `HeadProfile`.
  init(_ traits: FaceTraits, rotation: Rotation, detail: Float) {
    let profile = HeadProfile(traits.head, detail: detail)
    self.profile = profile
    head = Self.head(traits, profile)
    ears = [-1, 1].map { Self.ear(traits, profile, side: $0) }
    neck = Self.neck(traits, rotation: rotation)
    torso = Self.torso(traits)
    head.transform(rotation, around: Self.pivot)
    for index in ears.indices { ears[index].transform(rotation, around: Self.pivot) }
  }

  private static func head(_ traits: FaceTraits, _ profile: HeadProfile) -> SurfaceMesh {
    let relief = FaceRelief(traits)
    let texture = FacialHairTexture(traits)
    let columns = profile.azimuths.count
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    var openness: [Float] = []
    positions.reserveCapacity(profile.sections.count * columns)
    coordinates.reserveCapacity(profile.sections.count * columns)
    let frontness = profile.azimuths.map { smoothstep(0.05, 0.55, cosf($0)) }
    for section in profile.sections {
      for column in 0..<columns {
        let base = profile.point(on: section, column: column)
        var point = base
        var open: Float = 1
        if frontness[column] > 0 {
          let (height, opened) = relief.evaluate(base.x, base.y)
          point.z += height * frontness[column]
          open = mix(1, opened, frontness[column])
          if traits.facialHair.length > 0 {
            let mask = texture.beardMask(base.x, base.y, base.z)
            let outwards = Vector3(base.x * 0.9, base.y < -0.9 ? -0.8 : 0, 0.55)
            point += outwards * (mask * traits.facialHair.length)
          }
        }
        positions.append(point)
        coordinates.append(SIMD4(base.x, base.y, base.z, 0))
        openness.append(open)
      }
    }
    var mesh = SurfaceMesh(
      rows: profile.sections.count, columns: columns, positions: positions,
      coordinates: coordinates)
    mesh.openness = openness
    return mesh
  }

  private static func ear(
    _ traits: FaceTraits, _ profile: HeadProfile, side: Float
  ) -> SurfaceMesh {
    let section = profile.section(at: -0.1)
    let centre = Vector3(side * (section.halfWidth + 0.015), -0.13, -0.08)
    let turn = Rotation(yaw: -side * traits.head.earAngle, pitch: -0.12, roll: -side * 0.08)
    let radii = Vector3(0.055, 0.275, 0.165) * traits.head.earSize
    return ellipsoid(rows: 15, columns: 25) { direction in
      // The lower half narrows to the lobe.
      let taper = 1 - 0.38 * smoothstep(0.1, -1, direction.y)
      let local = radii * direction * Vector3(1, 1, taper)
      return (
        centre + turn.apply(local),
        SIMD4(direction.x * side, direction.y, direction.z, side)
      )
    }
  }

  /// An ellipsoid-like surface from a function of the direction.
  static func ellipsoid(
    rows: Int, columns: Int, _ point: (Vector3) -> (Vector3, SIMD4<Float>)
  ) -> SurfaceMesh {
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    for row in 0..<rows {
      let polar = Float.pi * Float(row) / Float(rows - 1)
      for column in 0..<columns {
        let azimuth = Float.pi * (2 * Float(column) / Float(columns - 1) - 1)
        let direction = Vector3(
          sinf(polar) * sinf(azimuth), cosf(polar), sinf(polar) * cosf(azimuth))
        let (position, coordinate) = point(direction)
        positions.append(position)
        coordinates.append(coordinate)
      }
    }
    return SurfaceMesh(
      rows: rows, columns: columns, positions: positions, coordinates: coordinates)
  }

  private static func neck(_ traits: FaceTraits, rotation: Rotation) -> SurfaceMesh {
    let top = rotation.apply(Vector3(0, -0.40, -0.12) - pivot) + pivot
    let bottom = Vector3(0, -2.0, -0.30)
    let rows = 16
    let columns = 41
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    for row in 0..<rows {
      let t = Float(row) / Float(rows - 1)
      let centre = mix(top, bottom, t)
      let flare = smoothstep(0.45, 1, t)
      let halfWidth = (0.535 + 0.35 * flare) * traits.head.neckWidth
      let halfDepth = (0.47 + 0.10 * flare) * (0.5 + 0.5 * traits.head.neckWidth)
      for column in 0..<columns {
        let azimuth = Float.pi * (2 * Float(column) / Float(columns - 1) - 1)
        let point = centre + Vector3(halfWidth * sinf(azimuth), 0, halfDepth * cosf(azimuth))
        positions.append(point)
        coordinates.append(SIMD4(point.x, point.y, point.z, 0))
      }
    }
    var mesh = SurfaceMesh(
      rows: rows, columns: columns, positions: positions, coordinates: coordinates)
    mesh.openness = coordinates.map { mix(1, 0.5, smoothstep(-1.5, -0.95, $0.y)) }
    return mesh
  }

  private static func torso(_ traits: FaceTraits) -> SurfaceMesh {
    let clothes = traits.clothes
    let child = smoothstep(17, 7, traits.age)
    let wide = clothes.shoulderWidth * (1 - 0.2 * child)
    let neck = traits.head.neckWidth
    // Height, half width, front, back.
    let knots: [(Float, Float, Float, Float)] = [
      (-1.27, 0.46 * neck, 0.12, -0.66), (-1.36, 0.60 * neck, 0.20, -0.72),
      (-1.47, 0.82 * neck, 0.28, -0.76), (-1.58, 1.15 * wide, 0.36, -0.78),
      (-1.72, 1.55 * wide, 0.46, -0.78), (-1.92, 1.86 * wide, 0.56, -0.75),
      (-2.25, 2.02 * wide, 0.66, -0.7), (-3.2, 2.0 * wide, 0.8, -0.65),
    ]
    let columns = 49
    var positions: [Vector3] = []
    var coordinates: [SIMD4<Float>] = []
    let rows = 29
    for row in 0..<rows {
      let t = Float(row) / Float(rows - 1) * Float(knots.count - 1)
      let lower = min(Int(t), knots.count - 2)
      let (a, b) = (knots[lower], knots[lower + 1])
      let weight = t - Float(lower)
      let (front, back) = (mix(a.2, b.2, weight), mix(a.3, b.3, weight))
      for column in 0..<columns {
        let azimuth = Float.pi * (2 * Float(column) / Float(columns - 1) - 1)
        let point = Vector3(
          mix(a.1, b.1, weight) * sinf(azimuth),
          mix(a.0, b.0, weight) + clothes.shoulderHeight,
          (front + back) / 2 + (front - back) / 2 * cosf(azimuth))
        positions.append(point)
        coordinates.append(SIMD4(point.x, point.y, point.z, 0))
      }
    }
    return SurfaceMesh(
      rows: rows, columns: columns, positions: positions, coordinates: coordinates)
  }
}
