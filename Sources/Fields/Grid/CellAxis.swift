/// One axis of a grid of cells: the start, the overlap and the weights of the cells.
///
/// Positions are in samples: 0 is the centre of the first sample. There are two kinds of axes:
///
/// - Cells of equal length with quintic windows. The cells reach from the outer edge of the first sample to that of
///   the last one. Within `overlap` of an inner border both neighbours contribute, with weights that sum to 1 and
///   change as `6 t^5 - 15 t^4 + 10 t^3`, so they have two continuous derivatives.
///
/// - Cells of one size that begin at given samples, with windows `sin^2(pi t)` divided by their sum. Several cells
///   overlap at each position. The weights have one continuous derivative.
///
/// The outermost cells extend beyond the ends.
public struct CellAxis: Sendable, Equatable {
  /// The two kinds of axes.
  enum Kind: Sendable, Equatable {
    case quintic(QuinticAxis)
    case sineSquared(SineSquaredAxis)
  }

  let kind: Kind
  /// Number of samples, at least 1.
  public let samples: Int

  /// An axis of cells of equal length with quintic windows.
  ///
  /// - Parameters:
  ///   - samples: number of samples, at least 1.
  ///   - cells: number of cells, at least 1.
  ///   - overlap: samples on each side of a border in which both cells contribute; above 0, and limited to half a
  ///     cell.
  public init(samples: Int, cells: Int, overlap: Double) {
    self.samples = samples
    kind = .quintic(QuinticAxis(samples: samples, cells: cells, overlap: overlap))
  }

  /// Creates an axis of cells of one size with windows of sine squared.
  ///
  /// The result is nil if the numbers do not form a valid axis.
  ///
  /// - Parameters:
  ///   - samples: number of samples, 1 to 2^40.
  ///   - starts: the first sample of each cell, rising from 0. Cells cover all samples, neighbours share at least one
  ///     sample, and at most four cells share one.
  ///   - size: samples per cell, 1 to 65,536; a cell may reach beyond the last sample.
  public init?(samples: Int, starts: [Int], size: Int) {
    guard let axis = SineSquaredAxis(samples: samples, starts: starts, size: size) else {
      return nil
    }
    self.samples = samples
    kind = .sineSquared(axis)
  }

  /// Number of cells, at least 1.
  public var cells: Int {
    switch kind {
    case .quintic(let axis): axis.cells
    case .sineSquared(let axis): axis.starts.count
    }
  }

  /// Samples on each side of a border in which both cells contribute, at most half a cell.
  ///
  /// It is 0 for windows of sine squared, whose overlap varies along the axis.
  public var overlap: Double {
    switch kind {
    case .quintic(let axis): axis.overlap
    case .sineSquared: 0
    }
  }

  /// Length of a cell, in samples.
  public var length: Double {
    switch kind {
    case .quintic(let axis): axis.length
    case .sineSquared(let axis): Double(axis.size)
    }
  }

  /// Samples per unit of the coordinate, which spans -1...1 from the first sample's centre to the last one's.
  public var samplesPerUnit: Double { SampleScale(samples: samples).perUnit }

  /// Converts a coordinate to a position in samples.
  public func place(of coordinate: Double) -> Double {
    SampleScale(samples: samples).place(of: coordinate)
  }

  /// The middle of a cell, in samples.
  public func middle(of cell: Int) -> Double {
    switch kind {
    case .quintic(let axis): axis.middle(of: cell)
    case .sineSquared(let axis): axis.middle(of: cell)
    }
  }

  /// The position within a cell, -1...1 from border to border.
  public func local(_ place: Double, in cell: Int) -> Double {
    2 * (place - middle(of: cell)) / length
  }

  /// The samples to which a cell contributes.
  public func support(of cell: Int) -> Range<Int> {
    switch kind {
    case .quintic(let axis): axis.support(of: cell)
    case .sineSquared(let axis): axis.support(of: cell)
    }
  }

  /// The quintic axis; nil for other windows.
  var quintic: QuinticAxis? {
    if case .quintic(let axis) = kind { axis } else { nil }
  }

  /// The axis with windows of sine squared; nil for other windows.
  var sineSquared: SineSquaredAxis? {
    if case .sineSquared(let axis) = kind { axis } else { nil }
  }

  /// A cell that contributes at a position: its weight and the weight's first and second derivatives, per sample.
  struct Member {
    var cell: Int
    var weight: Double
    var slope: Double
    var curvature: Double
  }
}

extension CellAxis {
  /// The cells that contribute at a position, in samples, and their weights, which sum to 1.
  package func contributions(at place: Double) -> [(cell: Int, weight: Double)] {
    switch kind {
    case .quintic(let axis):
      let (first, second) = axis.members(at: place)
      return ([first] + (second.map { [$0] } ?? [])).map { ($0.cell, $0.weight) }
    case .sineSquared(let axis):
      return axis.members(at: place).map { ($0.cell, $0.weight) }
    }
  }
}
