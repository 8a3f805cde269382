import Foundation
import Signals

/// Draws the picture of a person from traits.
struct FaceRenderer {
  private let traits: FaceTraits
  private let size: Int
  /// Samples along each side of a pixel.
  private let factor: Int
  private let camera: Camera
  private let rotation: Rotation
  private let illumination: Illumination

  /// A renderer for pictures of `size` by `size` pixels.
  init(_ traits: FaceTraits, size: Int) {
    self.traits = traits
    self.size = size
    factor = max(2, (128 + size - 1) / size)
    let pose = traits.pose
    rotation = Rotation(yaw: pose.yaw, pitch: -pose.pitch, roll: pose.roll)
    // As in pictures aligned by their eyes, the eyes stay in place while the head turns.
    let pivot = HeadSurface.pivot
    let eyes = rotation.apply(Vector3(0, 0, 0.85) - pivot) + pivot
    let middle = rotation.apply(Vector3(0, 0, 0.3) - pivot) + pivot
    camera = Camera(
      samples: size * factor, pose: pose,
      shift: SIMD2(mix(middle.x, eyes.x, 0.6), eyes.y))
    illumination = Illumination(traits.light)
  }

  /// The picture, `size` by `size` pixels in RGB.
  func render() -> Image {
    let surface = HeadSurface(traits, rotation: rotation)
    var body = [
      (surface.head, Material.face), (surface.ears[0], .ear), (surface.ears[1], .ear),
      (surface.neck, .neck), (surface.torso, .cloth),
    ]
    let hair = HairSurface(traits.hair, profile: surface.profile)
    let isVeiled = traits.headwear?.kind == .scarf
    let hasHair = traits.hair.opacity > 0 && !isVeiled
    var shells: [(SurfaceMesh, Material)] = []
    if hasHair {
      shells.append((hair.mesh(), .hair))
      if let knot = hair.knot() { shells.append((knot, .hair)) }
    }
    if let headwear = traits.headwear {
      shells += HeadwearSurface.meshes(headwear, hair: hair).map { ($0, .headwear) }
    }
    for index in shells.indices {
      shells[index].0.transform(rotation, around: HeadSurface.pivot)
    }
    castShadows(&body, &shells, hair: hair)
    let skin = SkinShader(
      traits, illumination: illumination, rotation: rotation, sampleWidth: camera.sampleWidth,
      scalp: hasHair ? hair : nil)
    var canvas = Canvas(background: traits.background, size: size, factor: factor)
    var layer = SampleLayer(side: size * factor)
    paintBody(body, skin: skin, layer: &layer, canvas: &canvas)
    let shader = HairShader(
      traits, surface: hair, illumination: illumination, rotation: rotation,
      sampleWidth: camera.sampleWidth)
    for facing in [SampleLayer.Facing.back, .front] {
      for material in [Material.hair, .headwear] where shells.contains(where: { $0.1 == material }) {
        layer.clear()
        for (mesh, own) in shells where own == material {
          layer.draw(mesh, as: material, facing: facing, by: camera)
        }
        paintShell(material, facing: facing, shader: shader, layer: layer, canvas: &canvas)
      }
    }
    paintGlasses(surface.profile, layer: &layer, canvas: &canvas)
    return traits.film.develop(canvas.pixels(), side: size)
  }

  private func castShadows(
    _ body: inout [(SurfaceMesh, Material)], _ shells: inout [(SurfaceMesh, Material)],
    hair: HairSurface
  ) {
    let direction = traits.light.keyDirection
    var map = DepthMap(towards: direction)
    for (mesh, material) in body where material == .face || material == .neck {
      map.add(mesh) { _ in true }
    }
    for (mesh, material) in shells {
      let scarf = traits.headwear?.kind == .scarf
      map.add(mesh) { index in
        let place = mesh.coordinates[index]
        if material == .hair {
          return place.w > 0.5 || hair.coverage(place.x, place.y, softness: 0.02) > 0.5
        }
        return !scarf
          || HeadwearSurface.scarfCoverage(
            place.x, hair.height(atPolar: place.y), softness: 0.05) > 0.5
      }
    }
    let softness = traits.light.shadowSoftness
    func shade(_ mesh: inout SurfaceMesh) {
      for index in mesh.positions.indices {
        let normal = mesh.normals[index]
        // What faces neither the camera nor the light shows no shadow.
        guard normal.z > -0.25, dot(normal, direction) > -0.4 else { continue }
        mesh.visibility[index] = map.visibility(
          at: mesh.positions[index], normal: normal, softness: softness)
      }
    }
    for index in body.indices { shade(&body[index].0) }
    for index in shells.indices { shade(&shells[index].0) }
  }

  private func paintBody(
    _ body: [(SurfaceMesh, Material)], skin: SkinShader, layer: inout SampleLayer,
    canvas: inout Canvas
  ) {
    for (mesh, material) in body { layer.draw(mesh, as: material, facing: .front, by: camera) }
    let cloth = ClothShader(
      traits, illumination: illumination, skin: skin, sampleWidth: camera.sampleWidth)
    for index in layer.depth.indices where layer.materials[index] != .nothing {
      let (normal, visibility) = layer.normal(index)
      let place = layer.coordinates[index]
      let openness = layer.openness[index]
      let colour: Vector3
      switch layer.materials[index] {
      case .face:
        colour = skin.face(place, normal, visibility: visibility, openness: openness)
      case .ear:
        colour = skin.ear(place, normal, visibility: visibility, openness: openness)
      case .neck:
        let bare = skin.neck(place, normal, visibility: visibility, openness: openness)
        let collar = cloth.collarOnNeck(
          place, normal, visibility: visibility, openness: openness)
        colour = collar.map { mix(bare, Vector3($0.x, $0.y, $0.z), $0.w) } ?? bare
      default:
        colour = cloth.torso(place, normal, visibility: visibility, openness: openness)
      }
      canvas.put(colour, coverage: 1, at: index, depth: layer.depth[index])
    }
  }

  private func paintShell(
    _ material: Material, facing: SampleLayer.Facing, shader: HairShader, layer: SampleLayer,
    canvas: inout Canvas
  ) {
    for index in layer.depth.indices where layer.materials[index] != .nothing {
      guard layer.depth[index] > canvas.depth[index] - 0.02 else { continue }
      var (normal, visibility) = layer.normal(index)
      var openness: Float = 1
      if facing == .back {
        // The inside of the shell, seen past the face, gets little light.
        normal = -normal
        openness = 0.38
        visibility *= 0.35
      }
      let place = layer.coordinates[index]
      let painted =
        material == .hair
        ? shader.hair(place, normal, visibility: visibility, openness: openness)
        : shader.headwear(place, normal, visibility: visibility, openness: openness)
      // Where the shell dips into the head it fades instead of ending in stairs.
      let over = smoothstep(-0.02, 0.012, layer.depth[index] - canvas.depth[index])
      canvas.put(
        Vector3(painted.x, painted.y, painted.z), coverage: painted.w * over, at: index,
        depth: layer.depth[index])
    }
  }

  private func paintGlasses(
    _ profile: HeadProfile, layer: inout SampleLayer, canvas: inout Canvas
  ) {
    guard let glasses = traits.glasses else { return }
    let shader = GlassesShader(
      glasses, eyes: traits.eyes, illumination: illumination, sampleWidth: camera.sampleWidth)
    layer.clear()
    for var mesh in GlassesShader.meshes(glasses, profile: profile) {
      mesh.transform(rotation, around: HeadSurface.pivot)
      layer.draw(mesh, as: .glasses, facing: .front, by: camera)
    }
    for index in layer.depth.indices where layer.materials[index] != .nothing {
      guard layer.depth[index] > canvas.depth[index] else { continue }
      let (normal, visibility) = layer.normal(index)
      let painted = shader.evaluate(layer.coordinates[index], normal, visibility: visibility)
      canvas.put(
        Vector3(painted.x, painted.y, painted.z), coverage: painted.w, at: index,
        depth: layer.depth[index])
    }
  }
}

extension SampleLayer {
  /// The unit normal and the visibility of the main light at a sample.
  @inline(__always)
  fileprivate func normal(_ index: Int) -> (Vector3, Float) {
    let value = normals[index]
    return (normalized(Vector3(value.x, value.y, value.z)), value.w)
  }
}

/// Linear colours of the samples, painted from back to front.
struct Canvas {
  private let size: Int
  private let factor: Int
  private var colours: [Vector3]
  /// Depth of the nearest solid surface at each sample.
  private(set) var depth: [Float]

  /// A canvas that shows a background, which is smooth and computed once a pixel.
  init(background: Background, size: Int, factor: Int) {
    self.size = size
    self.factor = factor
    let side = size * factor
    colours = [Vector3](repeating: .zero, count: side * side)
    depth = [Float](repeating: -.infinity, count: side * side)
    for row in 0..<size {
      for column in 0..<size {
        let place = SIMD2((Float(column) + 0.5) / Float(size), (Float(row) + 0.5) / Float(size))
        let colour = background.colour(at: place)
        for y in 0..<factor {
          for x in 0..<factor {
            colours[(row * factor + y) * side + column * factor + x] = colour
          }
        }
      }
    }
  }

  /// Covers a sample, wholly or in part.
  @inline(__always)
  mutating func put(_ colour: Vector3, coverage: Float, at index: Int, depth newDepth: Float) {
    colours[index] = mix(colours[index], colour, coverage)
    if coverage > 0.5 { depth[index] = newDepth }
  }

  /// The mean colour of each pixel.
  func pixels() -> [Vector3] {
    let side = size * factor
    let weight = 1 / Float(factor * factor)
    var result = [Vector3](repeating: .zero, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        var sum = Vector3.zero
        for y in 0..<factor {
          let start = (row * factor + y) * side + column * factor
          for x in 0..<factor { sum += colours[start + x] }
        }
        result[row * size + column] = sum * weight
      }
    }
    return result
  }
}
