import Fields
import Signals

extension FitSettings {
  /// The settings for signed distances.
  public static let distance = FitSettings(
    batchSize: 4_096, learningRate: 1e-3, schedule: .cosine(warmUp: 0.01), optimizer: .adam,
    firstLayerScale: 30)

  /// The settings of the SIREN paper's program for shapes: Adam at 1e-4 and half of each batch on the surface.
  ///
  /// The program takes 2,800 points per update for its statue; the paper itself names no number.
  public static let surface = FitSettings(
    batchSize: 2_800, learningRate: 1e-4, schedule: .constant, optimizer: .adam)
}

extension FitCheckpoint {
  /// A fingerprint of what determines the fit of a distance besides its length.
  public static func fingerprint(
    of samples: DistanceSamples, _ shape: SirenArchitecture, _ settings: FitSettings, seed: UInt64
  ) -> String {
    "distances \(hash(samples.coordinates, samples.distances)) \(shape) \(settings) \(seed)"
  }

  /// A fingerprint of what determines the fit to points of a surface besides its length.
  public static func fingerprint(
    of cloud: PointCloud, _ shape: SirenArchitecture, _ settings: FitSettings, seed: UInt64
  ) -> String {
    let numbers = { (vectors: [SIMD3<Double>]) in
      vectors.flatMap { [Float($0.x), Float($0.y), Float($0.z)] }
    }
    return "surface \(hash(numbers(cloud.points), numbers(cloud.normals ?? []))) \(shape) "
      + "\(settings) \(seed)"
  }

  /// FNV-1a over the bits of all numbers.
  private static func hash(_ arrays: [Float]...) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for array in arrays {
      for value in array { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01b3 }
    }
    return hash
  }
}
