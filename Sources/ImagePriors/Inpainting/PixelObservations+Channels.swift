import Signals

extension PixelObservations {
  /// Converts grey points for a colour model, or colours for a grey model.
  package func converted(toChannels target: Int) throws -> PixelObservations {
    if channels == target { return self }
    guard (channels == 1 && target == 3) || (channels == 3 && target == 1) else {
      throw PriorError.channels(expected: target, actual: channels)
    }
    guard count > 0 else {
      return PixelObservations(channels: target, positions: [], values: [])
    }
    let row = Image(width: count, height: 1, channels: channels, values: values)
    return PixelObservations(
      channels: target, positions: positions, values: row.converted(toChannels: target).values)
  }
}
