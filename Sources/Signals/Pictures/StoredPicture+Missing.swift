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

  /// The pixels that the picture marks as missing, `[height * width]`; nil where it marks none.
  ///
  /// A pixel is missing if its alpha is below full, or if all its colours are the number that stands for a missing
  /// pixel. Samples that are not finite numbers are left to ``PixelMask/measured(in:except:)``.
  ///
  /// - Parameter number: the number as the file stores it; nil if none stands for a missing pixel.
  public func missingPixels(_ number: Double?) -> [Bool]? {
    var missing = number.map { pixels(of: $0) } ?? [Bool](repeating: false, count: width * height)
    if let alpha {
      for pixel in missing.indices where alpha[pixel] < 1 { missing[pixel] = true }
    }
    return missing.contains(true) ? missing : nil
  }

  /// The pixels that are not missing as a picture of one row, whose range and statistics are those of what was
  /// measured; the picture itself where no pixel is missing, or every one.
  ///
  /// - Parameter missing: of each pixel, whether it is missing; nil if none is.
  func leavingOut(_ missing: [Bool]?) -> StoredPicture {
    guard let missing, missing.contains(true), missing.contains(false) else { return self }
    precondition(missing.count == width * height, "each pixel is missing or not")
    let length = channels * format.type.byteCount
    var kept: [UInt8] = []
    kept.reserveCapacity(samples.count)
    for pixel in missing.indices where !missing[pixel] {
      kept += samples[pixel * length..<(pixel + 1) * length]
    }
    return StoredPicture(width: kept.count / length, height: 1, format: format, samples: kept)
  }
}
