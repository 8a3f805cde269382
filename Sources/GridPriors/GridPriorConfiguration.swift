import DifferentiableCore

/// The architecture of a grid prior, which decides the shapes of its parameters; stored in its file as JSON.
public struct GridPriorConfiguration: Sendable, Equatable, Codable {
  /// Side of the square training windows, in pixels.
  public var windowSize: Int
  /// Channels of the U-Net's levels; each level has half the side of the one before.
  public var widths: [Int]
  /// Side of the patches that become one grid point of the first level, in pixels.
  public var patch: Int
  /// Side of a cell without its overlap, in pixels.
  public var cellSize: Int
  /// Pixels on each side of a cell's border in which the neighbour contributes too.
  public var cellOverlap: Int
  /// The largest standard deviation of the observations' noise that was learned, for values 0...1.
  ///
  /// Above 0 observed values are restored like others, because they are not exact.
  public var noise: Float

  /// The shape of the bundled model of scenes, which two cores train in an hour; no other shape has been compared.
  public init(windowSize: Int = 96) {
    self.windowSize = windowSize
    widths = [64, 96, 128]
    patch = 2
    cellSize = 16
    cellOverlap = 4
    noise = 0
  }

  /// Decodes a configuration; a missing noise is 0.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    windowSize = try values.decode(Int.self, forKey: .windowSize)
    widths = try values.decode([Int].self, forKey: .widths)
    patch = try values.decode(Int.self, forKey: .patch)
    cellSize = try values.decode(Int.self, forKey: .cellSize)
    cellOverlap = try values.decode(Int.self, forKey: .cellOverlap)
    noise = try values.decodeIfPresent(Float.self, forKey: .noise) ?? 0
  }

  /// The network.
  package var network: UNet {
    UNet(inputs: EncoderGrid.features, outputs: 2, patch: patch, widths: widths)
  }

  /// Side of a cell with its overlaps, in pixels.
  var cellSupport: Int { cellSize + 2 * cellOverlap }

  /// The number of parameters of the network.
  public var parameterCount: Int { network.plan.count }

  /// The problem of an invalid configuration, which may come from an untrusted file; nil if it is valid.
  var problem: String? {
    guard (8...1_024).contains(windowSize), (1...8).contains(widths.count),
      widths.allSatisfy({ (1...1_024).contains($0) }), (1...16).contains(patch),
      (2...64).contains(cellSize), (1...cellSize / 2).contains(cellOverlap),
      (0...1).contains(noise)
    else { return "its configuration has a size out of range" }
    return nil
  }
}
