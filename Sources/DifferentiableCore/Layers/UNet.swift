/// A U-Net (Ronneberger, Fischer and Brox, arXiv 1505.04597) with residual blocks (He et al., arXiv
/// 1603.05027).
///
/// Patches of pixels become channels before the first convolution, so the most expensive layers work on a
/// fraction of the pixels. Each level has half the side of the one before.
package struct UNet: Sendable, Equatable {
  /// Number of inputs per pixel.
  package var inputs: Int
  /// Number of outputs per pixel.
  package var outputs: Int
  /// Side of the patches that become one grid point of the first level, in pixels, at least 1.
  package var patch: Int
  /// Channels of the levels, at least one.
  package var widths: [Int]
  /// Height and width of pictures that are aligned, for which every grid point of every level has a learned
  /// bias; nil for pictures of any size.
  package var aligned: Extent?

  /// Height and width of a picture, in pixels.
  package struct Extent: Sendable, Equatable {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }
  }

  /// A network of a shape.
  package init(
    inputs: Int, outputs: Int, patch: Int, widths: [Int], aligned: Extent? = nil
  ) {
    (self.inputs, self.outputs, self.patch, self.widths) = (inputs, outputs, patch, widths)
    self.aligned = aligned
  }

  /// Side of a grid point of the last level, in pixels; pictures are padded with zeros to multiples of it.
  package var stride: Int { patch << (widths.count - 1) }

  /// The number of grid points of a level along an axis of so many pixels.
  package func side(level: Int, pixels: Int) -> Int {
    (pixels + stride - 1) / stride * stride / (patch << level)
  }

  /// The pixels on each side of a pixel that can change its output.
  package var reach: Int {
    // The stem, the head, and two convolutions per block; the last level has one block.
    widths.indices.reduce(2 * patch) { sum, level in
      sum + (patch << level) * (level + 1 < widths.count ? 4 : 2)
    } + stride
  }

  /// The parameters; the last layer is zero, so that an untrained network predicts 0.
  package var plan: ParameterPlan {
    let area = patch * patch
    var plan = ParameterPlan()
    plan.appendConvolution("stem", side: 3, inputs: inputs * area, outputs: widths[0])
    for (level, width) in widths.enumerated() {
      if let aligned {
        plan.append(
          "places.\(level)",
          [
            side(level: level, pixels: aligned.height), side(level: level, pixels: aligned.width),
            width,
          ], uniform: 0)
      }
      plan.appendBlock("encode.\(level)", width: width)
      guard level + 1 < widths.count else { continue }
      let next = widths[level + 1]
      plan.appendConvolution("down.\(level)", side: 1, inputs: 4 * width, outputs: next)
      plan.appendConvolution("up.\(level)", side: 1, inputs: next, outputs: 4 * width)
      plan.appendBlock("decode.\(level)", width: width)
    }
    plan.appendConvolution(
      "head", side: 3, inputs: widths[0], outputs: outputs * area, isZero: true)
    return plan
  }

  /// The outputs for pictures.
  ///
  /// - Parameters:
  ///   - x: `[b, height, width, inputs]`.
  ///   - parameters: views of the parameters, tracked for training.
  /// - Returns: `[b, height, width, outputs]`.
  package func callAsFunction(_ x: Tensor, _ parameters: ParameterViews) -> Tensor {
    let (height, width) = (x.shape[1], x.shape[2])
    let below = (stride - height % stride) % stride
    let right = (stride - width % stride) % stride
    var framed = x
    if below > 0 { framed = framed.padded(axis: 1, before: 0, after: below) }
    if right > 0 { framed = framed.padded(axis: 2, before: 0, after: right) }
    var x = framed.patchesAsChannels(side: patch).convolution("stem", parameters)
    var skipped: [Tensor] = []
    for level in widths.indices {
      if aligned != nil { x = x + parameters["places.\(level)"] }
      x = x.residualBlock("encode.\(level)", parameters)
      guard level + 1 < widths.count else { break }
      skipped.append(x)
      x = x.patchesAsChannels(side: 2).convolution("down.\(level)", parameters)
    }
    for level in skipped.indices.reversed() {
      x = skipped[level] + x.convolution("up.\(level)", parameters).channelsAsPatches(side: 2)
      x = x.residualBlock("decode.\(level)", parameters)
    }
    var result = x.gaussianErrorLinear().convolution("head", parameters)
      .channelsAsPatches(side: patch)
    if below > 0 { result = result.sliced(axis: 1, 0..<height) }
    if right > 0 { result = result.sliced(axis: 2, 0..<width) }
    return result
  }
}
