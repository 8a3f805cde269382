extension Image {
  /// The picture at another size, values within 0...1.
  ///
  /// Each axis for itself: shrinking by a whole ratio averages exact areas; shrinking otherwise
  /// uses the bicubic kernel widened by the ratio (antialiased, as Pillow's BICUBIC), and growing
  /// the bicubic (Catmull-Rom) kernel itself. Pixel areas are aligned at the picture's edges.
  /// Colours are weighted by alpha where there is one, so that the hidden colour of transparent
  /// pixels doesn't bleed; a wholly transparent pixel becomes 0.
  ///
  /// - Parameters:
  ///   - width: number of columns of the result, at least 1.
  ///   - height: number of rows of the result, at least 1.
  ///   - kernel: how pixels are averaged and interpolated.
  public func resized(
    width newWidth: Int, height newHeight: Int, by kernel: ResizingKernel = .standard
  ) -> Image {
    precondition(
      newWidth >= 1 && newHeight >= 1,
      "a picture needs a positive size, got \(newWidth)x\(newHeight)")
    guard newWidth != width || newHeight != height else { return self }
    var result = hasAlpha ? premultiplied() : self
    // The axis that shrinks most goes first: less is left to do for the other.
    if newWidth * height <= newHeight * width {
      result = result.resizedHorizontally(to: newWidth, kernel)
        .resizedVertically(to: newHeight, kernel)
    } else {
      result = result.resizedVertically(to: newHeight, kernel)
        .resizedHorizontally(to: newWidth, kernel)
    }
    if hasAlpha { result = result.unpremultiplied() }
    for index in result.values.indices {
      result.values[index] = min(max(result.values[index], 0), 1)
    }
    return result
  }

  /// The picture at a size: itself, or resized.
  package func atSize(width: Int, height: Int) -> Image {
    self.width == width && self.height == height ? self : resized(width: width, height: height)
  }

  private func resizedVertically(to newHeight: Int, _ kernel: ResizingKernel) -> Image {
    guard newHeight != height else { return self }
    let filter = ResamplingFilter(size: height, newSize: newHeight, kernel)
    let rowLength = width * channels
    var result = Image(width: width, height: newHeight, channels: channels)
    // Raw buffers, because bounds checks keep the inner loop from using vector instructions;
    // every index is below the two counts by construction of the filter.
    values.withUnsafeBufferPointer { source in
      result.values.withUnsafeMutableBufferPointer { target in
        for y in 0..<newHeight {
          for tap in 0..<filter.tapsPerSample {
            let weight = filter.weights[y * filter.tapsPerSample + tap]
            guard weight != 0 else { continue }
            let sourceRow = (filter.first[y] + tap) * rowLength
            let targetRow = y * rowLength
            for x in 0..<rowLength { target[targetRow + x] += weight * source[sourceRow + x] }
          }
        }
      }
    }
    return result
  }

  private func resizedHorizontally(to newWidth: Int, _ kernel: ResizingKernel) -> Image {
    guard newWidth != width else { return self }
    let filter = ResamplingFilter(size: width, newSize: newWidth, kernel)
    let taps = filter.tapsPerSample
    var result = Image(width: newWidth, height: height, channels: channels)
    values.withUnsafeBufferPointer { source in
      result.values.withUnsafeMutableBufferPointer { target in
        for y in 0..<height {
          for x in 0..<newWidth {
            let start = (y * width + filter.first[x]) * channels
            for channel in 0..<channels {
              var sum: Float = 0
              for tap in 0..<taps {
                sum += filter.weights[x * taps + tap] * source[start + tap * channels + channel]
              }
              target[(y * newWidth + x) * channels + channel] = sum
            }
          }
        }
      }
    }
    return result
  }

  private func premultiplied() -> Image {
    var result = self
    for start in stride(from: 0, to: values.count, by: channels) {
      let alpha = values[start + channels - 1]
      for channel in 0..<channels - 1 { result.values[start + channel] *= alpha }
    }
    return result
  }

  private func unpremultiplied() -> Image {
    var result = self
    for start in stride(from: 0, to: values.count, by: channels) {
      let alpha = values[start + channels - 1]
      for channel in 0..<channels - 1 {
        // Below a quarter of a 16-bit step there is no colour left to recover.
        result.values[start + channel] = alpha > 4e-6 ? values[start + channel] / alpha : 0
      }
    }
    return result
  }
}
