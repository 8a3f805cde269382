import Signals

extension PixelObservations {
  /// Whether there are observations, all of three equal channels: a grey picture in a colour file.
  package var isGrey: Bool {
    guard channels == 3, count > 0 else { return false }
    return (0..<count).allSatisfy { point in
      let (red, green, blue) = (values[3 * point], values[3 * point + 1], values[3 * point + 2])
      return red == green && red == blue
    }
  }
}

extension InpaintedPicture {
  /// The picture without the colours that a prior of colour pictures guesses for a grey one.
  ///
  /// - Parameter observations: the observed values, which are kept as they are.
  func grey(_ observations: PixelObservations) -> InpaintedPicture {
    let grey = { (image: Image) in
      image.channels == 3 ? image.converted(toChannels: 1).converted(toChannels: 3) : image
    }
    let own = grey(rendered)
    let isColored = rendered.channels == 3
    return InpaintedPicture(
      rendered: own, pasted: own.pasting(observations), resized: resized.map(grey),
      windows: windows, allWindows: allWindows, refined: refined,
      variance: variance.map { isColored ? greyVariance($0) : $0 }, next: next)
  }
}
