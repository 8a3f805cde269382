/// The weights of red and blue in luma.
enum ColorMatrix: Sendable, Equatable {
  /// ITU-R BT.601: standard definition.
  case bt601
  /// ITU-R BT.709: high definition.
  case bt709
  /// ITU-R BT.2020, non-constant luminance.
  case bt2020

  /// The matrix that is assumed if none is given.
  static func assumed(height: Int) -> ColorMatrix { height >= 720 ? .bt709 : .bt601 }

  /// The weights of red and blue; that of green completes them to 1.
  var weights: (red: Float, blue: Float) {
    switch self {
    case .bt601: (0.299, 0.114)
    case .bt709: (0.2126, 0.0722)
    case .bt2020: (0.2627, 0.0593)
    }
  }
}

/// Converts between luma with colour differences and red, green, blue (ITU-R BT.709-6, section 3).
///
/// Chroma with less detail is interpolated linearly between its samples at their places, and continued as it
/// is beyond the outermost. Results are clipped to 0...1; no gamma is touched.
struct YUVConversion {
  let matrix: ColorMatrix
  /// Whether samples use all values; otherwise luma runs from 16 to 235 and chroma from 16 to 240, times
  /// 2 to the power of the further bits.
  let isFullRange: Bool

  /// What a luma sample is to be reduced by and multiplied with.
  private func luma(bits: Int) -> (offset: Float, scale: Float) {
    let unit = Float(1 << (bits - 8))
    return isFullRange ? (0, 1 / (256 * unit - 1)) : (16 * unit, 1 / (219 * unit))
  }

  /// The same for chroma.
  private func chroma(bits: Int) -> (offset: Float, scale: Float) {
    let unit = Float(1 << (bits - 8))
    return (128 * unit, isFullRange ? 1 / (256 * unit - 1) : 1 / (224 * unit))
  }

  /// A frame from the bytes of its planes.
  ///
  /// - Parameter bytes: luma `[height, width]`, then the two chroma planes.
  func image(_ bytes: [UInt8], width: Int, height: Int, layout: ChromaLayout) -> Image {
    precondition(
      bytes.count == layout.sampleCount(width: width, height: height) * layout.sampleBytes,
      "\(bytes.count) bytes are not a frame of \(width)x\(height)")
    let channels = layout.channels
    let count = width * height * channels
    let values = [Float](unsafeUninitializedCapacity: count) { target, filled in
      bytes.withUnsafeBytes { source in
        let planes = Planes(bytes: source, width: width, height: height, layout: layout)
        if channels == 1 {
          fillGrey(planes, target)
        } else {
          fillColor(planes, target)
        }
      }
      filled = count
    }
    return Image(width: width, height: height, channels: channels, values: values)
  }

  /// The planes of a frame as numbers.
  private struct Planes {
    let bytes: UnsafeRawBufferPointer
    let width: Int
    let height: Int
    let layout: ChromaLayout

    func sample(_ index: Int) -> Float {
      guard layout.sampleBytes == 2 else { return Float(bytes[index]) }
      return Float(
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
    }
  }

  private func fillGrey(_ planes: Planes, _ target: UnsafeMutableBufferPointer<Float>) {
    let (offset, scale) = luma(bits: planes.layout.bits)
    for index in 0..<planes.width * planes.height {
      target[index] = min(1, max(0, (planes.sample(index) - offset) * scale))
    }
  }

  private func fillColor(_ planes: Planes, _ target: UnsafeMutableBufferPointer<Float>) {
    let (width, height, layout) = (planes.width, planes.height, planes.layout)
    let (lumaOffset, lumaScale) = luma(bits: layout.bits)
    let (chromaOffset, chromaScale) = chroma(bits: layout.bits)
    let (red, blue) = matrix.weights
    let green = 1 - red - blue
    let (redScale, blueScale) = (2 * (1 - red), 2 * (1 - blue))
    let chromaWidth = layout.chromaWidth(width)
    let chromaHeight = layout.chromaHeight(height)
    let columns = (0..<width).map {
      Neighbours($0, count: chromaWidth, step: layout.horizontal, offset: layout.offsetX)
    }
    let firstChroma = width * height
    let secondChroma = firstChroma + chromaWidth * chromaHeight
    for y in 0..<height {
      let row = Neighbours(y, count: chromaHeight, step: layout.vertical, offset: layout.offsetY)
      let (upper, lower) = (row.first * chromaWidth, row.second * chromaWidth)
      for x in 0..<width {
        let column = columns[x]
        func difference(_ plane: Int) -> Float {
          let a = planes.sample(plane + upper + column.first)
          let b = planes.sample(plane + upper + column.second)
          let c = planes.sample(plane + lower + column.first)
          let d = planes.sample(plane + lower + column.second)
          let top = a + (b - a) * column.weight
          let bottom = c + (d - c) * column.weight
          return (top + (bottom - top) * row.weight - chromaOffset) * chromaScale
        }
        let value = (planes.sample(y * width + x) - lumaOffset) * lumaScale
        let (u, v) = (difference(firstChroma), difference(secondChroma))
        let place = 3 * (y * width + x)
        target[place] = min(1, max(0, value + redScale * v))
        target[place + 1] = min(
          1, max(0, value - (blue * blueScale * u + red * redScale * v) / green))
        target[place + 2] = min(1, max(0, value + blueScale * u))
      }
    }
  }

  /// The two chroma samples around a luma sample, and the weight of the second.
  private struct Neighbours {
    let first: Int
    let second: Int
    let weight: Float

    init(_ position: Int, count: Int, step: Int, offset: Float) {
      let place = min(Float(count - 1), max(0, (Float(position) - offset) / Float(step)))
      first = Int(place)
      second = min(first + 1, count - 1)
      weight = place - Float(first)
    }
  }

  /// The 8-bit planes of a frame without loss of chroma detail (4:4:4), or its one plane of luma.
  ///
  /// - Parameter image: 1 or 3 channels; values are clipped to 0...1, one that isn't a number is 0.
  func planes(of image: Image) -> [UInt8] {
    let count = image.pixelCount
    let (lumaOffset, lumaScale) = luma(bits: 8)
    let (chromaOffset, chromaScale) = chroma(bits: 8)
    func clipped(_ value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
    func sample(_ value: Float) -> UInt8 { UInt8(min(255, max(0, value.rounded()))) }
    if image.channels == 1 {
      return image.values.map { sample(clipped($0) / lumaScale + lumaOffset) }
    }
    let (redWeight, blueWeight) = matrix.weights
    return [UInt8](unsafeUninitializedCapacity: 3 * count) { target, filled in
      for pixel in 0..<count {
        let red = clipped(image.values[3 * pixel])
        let green = clipped(image.values[3 * pixel + 1])
        let blue = clipped(image.values[3 * pixel + 2])
        let luma = redWeight * red + (1 - redWeight - blueWeight) * green + blueWeight * blue
        let (u, v) = ((blue - luma) / (2 * (1 - blueWeight)), (red - luma) / (2 * (1 - redWeight)))
        target[pixel] = sample(luma / lumaScale + lumaOffset)
        target[count + pixel] = sample(u / chromaScale + chromaOffset)
        target[2 * count + pixel] = sample(v / chromaScale + chromaOffset)
      }
      filled = 3 * count
    }
  }
}
