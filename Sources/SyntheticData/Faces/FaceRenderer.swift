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
    // Triangles much smaller than the samples would only cost time.
    let surface = HeadSurface(
      traits, rotation: rotation, detail: camera.samples <= 160 ? 0.7 : 1)
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
      for material in [Material.hair, .headwear] where shells.contains(where: { $0.1 == material })
      {
        layer.clear()
        for (number, shell) in shells.enumerated() where shell.1 == material {
          layer.draw(shell.0, number: number, facing: facing, by: camera)
        }
        for (number, shell) in shells.enumerated() where shell.1 == material {
          layer.forEachSample(of: shell.0, number: number) { index, fragment in
            paintShell(material, fragment, at: index, facing: facing, shader: shader, on: &canvas)
          }
        }
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
        // A surface that faces neither the camera nor the light shows no shadow.
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
    for (number, part) in body.enumerated() {
      layer.draw(part.0, number: number, facing: .front, by: camera)
    }
    let cloth = ClothShader(
      traits, illumination: illumination, skin: skin, sampleWidth: camera.sampleWidth)
    for (number, part) in body.enumerated() {
      layer.forEachSample(of: part.0, number: number) { index, fragment in
        let colour: Vector3
        switch part.1 {
        case .face: colour = skin.face(fragment)
        case .ear: colour = skin.ear(fragment)
        case .neck:
          let bare = skin.neck(fragment)
          let collar = cloth.collarOnNeck(fragment)
          colour = collar.map { mix(bare, Vector3($0.x, $0.y, $0.z), $0.w) } ?? bare
        default: colour = cloth.torso(fragment)
        }
        canvas.put(colour, coverage: 1, at: index, depth: fragment.depth)
      }
    }
  }

  private func paintShell(
    _ material: Material, _ fragment: SampleLayer.Fragment, at index: Int,
    facing: SampleLayer.Facing, shader: HairShader, on canvas: inout Canvas
  ) {
    let below = canvas.depth(at: index)
    guard fragment.depth > below - 0.02 else { return }
    var fragment = fragment
    if facing == .back {
      // The inside of the shell, seen past the face, gets little light.
      fragment.normal = -fragment.normal
      fragment.openness = 0.38
      fragment.visibility *= 0.35
    }
    let painted = material == .hair ? shader.hair(fragment) : shader.headwear(fragment)
    // Where the shell dips into the head it fades instead of ending in stairs.
    let over = smoothstep(-0.02, 0.012, fragment.depth - below)
    canvas.put(
      Vector3(painted.x, painted.y, painted.z), coverage: painted.w * over, at: index,
      depth: fragment.depth)
  }

  private func paintGlasses(
    _ profile: HeadProfile, layer: inout SampleLayer, canvas: inout Canvas
  ) {
    guard let glasses = traits.glasses else { return }
    let shader = GlassesShader(
      glasses, eyes: traits.eyes, illumination: illumination, sampleWidth: camera.sampleWidth)
    layer.clear()
    var meshes = GlassesShader.meshes(glasses, profile: profile)
    for number in meshes.indices {
      meshes[number].transform(rotation, around: HeadSurface.pivot)
      layer.draw(meshes[number], number: number, facing: .front, by: camera)
    }
    for (number, mesh) in meshes.enumerated() {
      layer.forEachSample(of: mesh, number: number) { index, fragment in
        guard fragment.depth > canvas.depth(at: index) else { return }
        let painted = shader.evaluate(fragment)
        canvas.put(
          Vector3(painted.x, painted.y, painted.z), coverage: painted.w, at: index,
          depth: fragment.depth)
      }
    }
  }
}
