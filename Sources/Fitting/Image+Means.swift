import Signals

extension Image {
  /// The picture with each channel shifted to another picture's mean.
  func withMeans(of other: Image) -> Image {
    let means = { (image: Image) -> [Double] in
      (0..<channels).map { channel in
        var sum = 0.0
        for index in stride(from: channel, to: image.values.count, by: channels) {
          sum += Double(image.values[index])
        }
        return sum / Double(image.pixelCount)
      }
    }
    let shifts = zip(means(other), means(self)).map { Float($0 - $1) }
    var result = self
    for index in values.indices { result.values[index] += shifts[index % channels] }
    return result
  }
}
