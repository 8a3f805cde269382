import Signals

extension EvaluationPictures {
  /// The middle parts of the pictures, all of the size of the smallest one along each axis.
  public var croppedToOneSize: EvaluationPictures {
    let width = images.map(\.width).min() ?? 1
    let height = images.map(\.height).min() ?? 1
    return EvaluationPictures(
      images: images.map { image in
        let (top, left) = ((image.height - height) / 2, (image.width - width) / 2)
        var values: [Float] = []
        values.reserveCapacity(width * height * image.channels)
        for row in top..<top + height {
          let start = (row * image.width + left) * image.channels
          values += image.values[start..<start + width * image.channels]
        }
        return Image(width: width, height: height, channels: image.channels, values: values)
      }, names: names)
  }
}
