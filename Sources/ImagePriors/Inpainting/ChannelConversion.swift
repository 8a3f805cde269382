import Signals

/// How a prior restores a picture that need not have its channels.
///
/// The result always has the picture's own channels, so nothing that was measured is lost.
enum ChannelConversion: Equatable {
  /// The prior takes the picture as it is.
  case none
  /// A prior of grey pictures restores each channel on its own.
  case oneByOne
  /// The observations are converted to the prior's channels, and the result back to the picture's: a grey picture is
  /// the brightness of the colours that a prior restores for it.
  case both

  /// The conversion for observations of a picture.
  init(of observations: PixelObservations, for prior: any ImagePrior) {
    if prior.keepsChannels || prior.channels == observations.channels {
      self = .none
    } else {
      self = prior.channels == 1 && !observations.isGrey ? .oneByOne : .both
    }
  }
}

extension ImagePrior {
  /// The restored picture in the channels of the observations, whatever those of the prior are.
  ///
  /// - Parameters:
  ///   - observations: points of values 0...1, of 1 or 3 channels, or of the prior's channels.
  ///   - width: width of the picture in pixels.
  ///   - height: height of the picture in pixels.
  /// - Throws: ``PriorError``, or `LinearAlgebraError` for values that are not finite.
  package func renderedInChannels(
    of observations: PixelObservations, width: Int, height: Int
  ) throws -> Image {
    switch ChannelConversion(of: observations, for: self) {
    case .none: try inpaint(observations, width: width, height: height).rendered
    case .oneByOne:
      Image(
        joining: try (0..<observations.channels).map {
          try inpaint(observations.channel($0), width: width, height: height).rendered
        })
    case .both:
      try inpaint(observations.converted(toChannels: channels), width: width, height: height)
        .rendered.converted(toChannels: observations.channels)
    }
  }
}

extension InpaintingTask {
  /// One channel of the task as a task of grey pictures.
  func channel(_ index: Int) -> InpaintingTask {
    InpaintingTask(
      width: width, height: height, observations: observations.channel(index), mask: mask,
      truth: nil, known: known, table: table, source: source, observesSource: observesSource)
  }
}

extension InpaintedPicture {
  /// Pictures of one channel each, restored of the same pixels, as one picture.
  ///
  /// - Parameters:
  ///   - channels: at least one.
  ///   - observations: the observed values of all channels.
  ///   - next: the points to measure next.
  init(
    joining channels: [InpaintedPicture], _ observations: PixelObservations,
    next: [(row: Int, column: Int)]
  ) {
    let rendered = Image(joining: channels.map(\.rendered))
    let resized = channels.compactMap(\.resized)
    let variances = channels.compactMap(\.variance)
    self.init(
      rendered: rendered, pasted: rendered.pasting(observations),
      resized: resized.count == channels.count ? Image(joining: resized) : nil,
      windows: channels[0].windows, allWindows: channels[0].allWindows, refined: nil,
      variance: variances.count == channels.count ? interleaved(variances) : nil, next: next)
  }

  /// The picture in the channels of the observations.
  ///
  /// - Parameter observations: the observed values, which are kept as they are.
  func converted(toChannelsOf observations: PixelObservations) -> InpaintedPicture {
    let (from, to) = (rendered.channels, observations.channels)
    let own = rendered.converted(toChannels: to)
    return InpaintedPicture(
      rendered: own, pasted: own.pasting(observations),
      resized: resized?.converted(toChannels: to), windows: windows, allWindows: allWindows,
      refined: refined, variance: variance.map { convertedVariance($0, from: from, to: to) },
      next: next)
  }
}

/// The variances of three channels that all get the brightness, `[pixels, 3]`.
///
/// - Parameter variance: those of the three channels before.
func greyVariance(_ variance: [Float]) -> [Float] {
  convertedVariance(convertedVariance(variance, from: 3, to: 1), from: 1, to: 3)
}

/// The variances of a picture that is converted to other channels, `[pixels, to]`.
///
/// How the errors of the channels are correlated is not known. The variance of the brightness is that of errors that are
/// fully correlated, and so an upper bound: its deviation is the weighted sum of the channels' deviations.
///
/// - Parameters:
///   - variance: `[pixels, from]`.
///   - from: 1 or 3 channels.
///   - to: the others of these two.
private func convertedVariance(_ variance: [Float], from: Int, to: Int) -> [Float] {
  let deviations = Image(
    width: variance.count / from, height: 1, channels: from,
    values: variance.map { max(0, $0).squareRoot() })
  return deviations.converted(toChannels: to).values.map { $0 * $0 }
}

extension PixelObservations {
  /// The values of one channel at the same positions.
  fileprivate func channel(_ index: Int) -> PixelObservations {
    PixelObservations(
      channels: 1, positions: positions, values: (0..<count).map { values[$0 * channels + index] })
  }
}

extension Image {
  /// A picture of several channels from pictures of one channel and of the same size, at least one.
  fileprivate init(joining channels: [Image]) {
    self.init(
      width: channels[0].width, height: channels[0].height, channels: channels.count,
      values: interleaved(channels.map(\.values)))
  }
}

/// Arrays of the same length as one, in which their numbers alternate.
private func interleaved(_ arrays: [[Float]]) -> [Float] {
  var result = [Float](repeating: 0, count: arrays.count * arrays[0].count)
  for (index, array) in arrays.enumerated() {
    for (position, value) in array.enumerated() {
      result[position * arrays.count + index] = value
    }
  }
  return result
}
