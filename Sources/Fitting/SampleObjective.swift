import DifferentiableCore
import Fields
import Signals

/// The mean squared error of a field against the samples of a picture or a sound on its own grid.
///
/// Coordinates are computed on demand and samples are read in place, so a fit takes little memory beyond the signal.
public struct SampleObjective: FieldObjective {
  /// Number of samples along each axis: rows and columns, or frames.
  public let extents: [Int]
  /// Number of channels.
  public let outputs: Int
  /// The mean squared error of the best constant field.
  public let constantLoss: Double
  /// The samples, `[points, outputs]`, in the signal's own unit.
  private let samples: [Float]
  /// Inside the network a sample `v` is `scale * v + offset`.
  private let scale: Float
  private let offset: Float
  private let reference: Reference

  /// The reference of the decibels.
  private enum Reference {
    /// The largest value, which is 1: PSNR.
    case peak
    /// The mean square of the samples: SNR.
    case power(Double)
  }

  /// Number of axes.
  public var coordinates: Int { extents.count }
  /// Number of points.
  public var pointCount: Int { extents.reduce(1, *) }

  /// Creates the objective of a picture; values 0...1 become -1...1.
  public init(_ image: Image) {
    self.init(
      extents: [image.height, image.width], outputs: image.channels, samples: image.values,
      scale: 2, offset: -1, reference: .peak)
  }

  /// Creates the objective of a sound; samples are divided by their largest magnitude.
  ///
  /// - Throws: ``FitError`` for silence, which has no such magnitude.
  public init(_ sound: AudioSignal) throws {
    let peak = sound.peak
    guard peak > 0 else { throw FitError.silence }
    self.init(
      extents: [sound.frameCount], outputs: sound.channels, samples: sound.samples,
      scale: 1 / peak, offset: 0, reference: .power(Quality.meanSquare(sound.samples)))
  }

  private init(
    extents: [Int], outputs: Int, samples: [Float], scale: Float, offset: Float,
    reference: Reference
  ) {
    self.extents = extents
    self.outputs = outputs
    self.samples = samples
    self.scale = scale
    self.offset = offset
    self.reference = reference
    var moments = ChannelMoments(channels: outputs)
    moments.add(samples)
    constantLoss = Double(scale) * Double(scale) * moments.variance
  }

  /// Returns the loss and its derivative; see `FieldObjective`.
  public func lossGradient(of field: Siren, _ batch: PointBatch) -> (
    loss: Double, gradient: [Float]
  ) {
    let chosen = batch.points(of: pointCount)
    let count = chosen?.count ?? pointCount
    let weight = 1 / Double(count * outputs)
    return field.lossGradient(
      pointCount: count,
      coordinates: { range in
        chosen.map { coordinates(of: $0[range]) } ?? coordinates(of: range)
      },
      loss: { block, cotangent in
        var sum = 0.0
        for (row, position) in block.points.enumerated() {
          let start = (chosen?[position] ?? position) * outputs
          for channel in 0..<outputs {
            let target = scale * samples[start + channel] + offset
            let error = block.value[row * outputs + channel] - target
            cotangent.value[row * outputs + channel] = 2 * error * Float(weight)
            sum += Double(error) * Double(error)
          }
        }
        return sum * weight
      })
  }

  /// The coordinates of points given by their indices, `[count, d]`.
  private func coordinates(of points: some Collection<Int>) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(points.count * extents.count)
    for point in points {
      var rest = point
      if extents.count == 2 {
        result.append(
          CoordinateGrid.coordinate(ofIndex: Double(point / extents[1]), size: extents[0]))
        rest = point % extents[1]
      }
      result.append(
        CoordinateGrid.coordinate(ofIndex: Double(rest), size: extents[extents.count - 1]))
    }
    return result
  }

  /// PSNR on values 0...1 for a picture, SNR for a sound.
  public func decibels(ofLoss loss: Double) -> Double {
    let mse = loss / (Double(scale) * Double(scale))
    switch reference {
    case .peak: return Quality.peakSignalToNoise(meanSquaredError: mse)
    case .power(let power): return Quality.signalToNoise(meanSquaredError: mse, power: power)
    }
  }
}
