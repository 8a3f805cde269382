import CImageCodecs

extension StoredPicture {
  /// Of each pixel, whether all its colours are a number that stands for a missing pixel.
  ///
  /// - Parameter number: the number as the file stores it, such as 255 for the white of 8 bits or -9999.
  public func pixels(of number: Double) -> [Bool] {
    let count = width * height * channels
    let raw = [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      samples.withUnsafeBytes { bytes in
        image_codecs_samples_to_values(
          bytes.baseAddress, format.type.codec, count, 1, 0, 1, buffer.baseAddress)
      }
      initializedCount = count
    }
    // Single precision holds a number of the file to within its rounding.
    let tolerance = Float(max(format.type.isFloat ? 0 : 0.5, abs(number) * 1e-6))
    let colors = format.hasAlpha ? channels - 1 : channels
    return stride(from: 0, to: count, by: channels).map { start in
      raw[start..<start + colors].allSatisfy { abs($0 - Float(number)) <= tolerance }
    }
  }

  /// The picture with samples that are not numbers in some pixels; whole numbers stay.
  public func replacingByNotANumber(_ pixels: [Bool]) -> StoredPicture {
    guard format.type.isFloat else { return self }
    var result = self
    let length = channels * format.type.byteCount
    for pixel in pixels.indices where pixels[pixel] {
      // All bits set are a quiet NaN of every IEEE 754 format.
      for place in pixel * length..<(pixel + 1) * length { result.samples[place] = 0xFF }
    }
    return result
  }
}
