extension Image {
  /// The largest centred square; an odd pixel is cut at the bottom or right.
  public func croppedToSquare() -> Image {
    guard width != height else { return self }
    let side = min(width, height)
    let top = (height - side) / 2
    let left = (width - side) / 2
    var result: [Float] = []
    result.reserveCapacity(side * side * channels)
    for y in top..<top + side {
      let start = (y * width + left) * channels
      result.append(contentsOf: values[start..<start + side * channels])
    }
    return Image(width: side, height: side, channels: channels, values: result)
  }

  /// The picture mirrored left-right.
  public func mirrored() -> Image {
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for y in 0..<height {
      for x in stride(from: width - 1, through: 0, by: -1) {
        let start = (y * width + x) * channels
        result.append(contentsOf: values[start..<start + channels])
      }
    }
    return Image(width: width, height: height, channels: channels, values: result)
  }
}
