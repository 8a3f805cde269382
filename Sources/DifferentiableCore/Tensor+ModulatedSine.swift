import CKernels

extension Tensor {
  /// The sine layer's activation `sin(scale * self + shift)` in one pass.
  ///
  /// The same as ``modulatedSineComposition(scale:shift:)``, which it falls back to for derivatives
  /// of higher order.
  ///
  /// - Parameters:
  ///   - scale: `[width]`, or `[b, width]` for `self` of shape `[b, n, width]`.
  ///   - shift: of the same shape.
  public func modulatedSine(scale: Tensor, shift: Tensor) -> Tensor {
    let layout = SineLayout(self, scale, shift)
    let result = Tensor.writing(shape) { output in
      layout.overTiles(self, output) { z, y, group, rows in
        ck_modulated_sine(
          z, scale.buffer.pointer + group * layout.width,
          shift.buffer.pointer + group * layout.width, y, rows, layout.width)
      }
    }
    return result.recorded(from: [self, scale, shift]) { pull in
      let (z, scale, shift) = (pull.inputs[0], pull.inputs[1], pull.inputs[2])
      if z.isTracked || scale.isTracked || shift.isTracked || pull.cotangent.isTracked {
        return z.modulatedSineRule(scale: scale, shift: shift, cotangent: pull.cotangent)
      }
      return z.fusedModulatedSineRule(scale: scale, shift: shift, cotangent: pull.cotangent)
    }
  }

  /// The plain composition: the oracle of ``modulatedSine(scale:shift:)``.
  public func modulatedSineComposition(scale: Tensor, shift: Tensor) -> Tensor {
    (self * Self.alongRows(scale) + Self.alongRows(shift)).sine()
  }

  private static func alongRows(_ tensor: Tensor) -> Tensor {
    tensor.rank == 1 ? tensor : tensor.reshaped([tensor.shape[0], 1, tensor.shape[1]])
  }

  private func modulatedSineRule(scale: Tensor, shift: Tensor, cotangent: Tensor) -> [Tensor?] {
    let (a, c) = (Self.alongRows(scale), Self.alongRows(shift))
    let inner = cotangent * (self * a + c).cosine()
    return [
      inner * a, (inner * self).summed(to: a.shape).reshaped(scale.shape),
      inner.summed(to: c.shape).reshaped(shift.shape),
    ]
  }

  private func fusedModulatedSineRule(
    scale: Tensor, shift: Tensor, cotangent: Tensor
  ) -> [Tensor?] {
    let layout = SineLayout(self, scale, shift)
    let width = layout.width
    let tiles = layout.tiles
    let partials = TensorBuffer(count: 2 * tiles * width)
    let partialBase = UInt(bitPattern: partials.pointer)
    let slope = Tensor.writing(shape) { output in
      layout.overTilesNumbered(self, output) { z, gz, group, rows, tile, offset in
        guard let sums = UnsafeMutablePointer<Float>(bitPattern: partialBase) else { return }
        ck_modulated_sine_gradient(
          z, scale.buffer.pointer + group * width, shift.buffer.pointer + group * width,
          cotangent.buffer.pointer + offset, gz, sums + tile * width,
          sums + (tiles + tile) * width, rows, width)
      }
    }
    let sums = Tensor(
      shape: [2, layout.groups, tiles / max(1, layout.groups), width], buffer: partials
    )
    .sum(axes: [2])
    return [
      slope, sums.sliced(axis: 0, 0..<1).reshaped(scale.shape),
      sums.sliced(axis: 0, 1..<2).reshaped(shift.shape),
    ]
  }
}

/// How the rows of a modulated sine are divided into tiles: by the shape alone.
private struct SineLayout: Sendable {
  let groups: Int
  let rows: Int
  let width: Int
  private static let tileRows = 256

  init(_ z: Tensor, _ scale: Tensor, _ shift: Tensor) {
    width = z.shape.last ?? 0
    groups = scale.rank == 2 ? scale.shape[0] : 1
    rows = width * groups == 0 ? 0 : z.count / width / groups
    precondition(
      scale.shape == shift.shape && scale.shape.last == width && scale.rank <= 2
        && (scale.rank == 1 || (z.rank == 3 && z.shape[0] == groups)),
      "modulated sine of \(z.shape) with scale \(scale.shape) and shift \(shift.shape)")
  }

  private var tilesPerGroup: Int { (rows + Self.tileRows - 1) / Self.tileRows }
  var tiles: Int { groups * tilesPerGroup }

  func overTiles(
    _ input: Tensor, _ output: UnsafeMutablePointer<Float>,
    _ body: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int) -> Void
  ) {
    overTilesNumbered(input, output) { x, y, group, rows, _, _ in body(x, y, group, rows) }
  }

  func overTilesNumbered(
    _ input: Tensor, _ output: UnsafeMutablePointer<Float>,
    _ body:
      @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int, Int) ->
      Void
  ) {
    let y = UInt(bitPattern: output)
    // Small inputs are not worth waking threads for.
    let workers = rows * groups * width < 1 << 16 ? 1 : tiles
    Parallel.forEach(tiles, upTo: workers) { tile in
      guard let y = UnsafeMutablePointer<Float>(bitPattern: y) else { return }
      let group = tile / tilesPerGroup
      let first = tile % tilesPerGroup * Self.tileRows
      let offset = (group * rows + first) * width
      body(
        input.buffer.pointer + offset, y + offset, group, min(Self.tileRows, rows - first), tile,
        offset)
    }
  }
}
