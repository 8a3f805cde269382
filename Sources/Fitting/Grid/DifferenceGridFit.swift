import Fields
import Foundation
import Training

/// The settings of a grid's fit to differences.
public struct DifferenceGridSettings: Sendable, Equatable {
  /// The learning rate, its schedule and the batches.
  public var descent = GridFitSettings()
  /// The weight of the classical solution's values beside the differences.
  public var valueWeight: Float = 1

  /// Creates the settings that are best for photographs at equal time; see Docs/EXPERIMENTS.md.
  public init() {}
}

/// The fit of a grid of SIRENs to the differences of a picture.
///
/// Cells are independent. Each is fitted to the differences within its own support, and to the values of the classical
/// solution; see ``GridDifferences``. The result does not depend on the number of threads.
public struct DifferenceGridFit: Sendable {
  /// The field fitted so far.
  public var field: SirenGrid { descent.field }
  /// Number of updates made to every cell.
  public var step: Int { descent.step }
  /// The mean loss, estimated from the last updates; nan before the first update.
  public private(set) var loss = Double.nan

  private let differences: GridDifferences
  private let settings: DifferenceGridSettings
  private var descent: CellDescent

  /// Creates a fit at its start.
  ///
  /// - Parameters:
  ///   - differences: what is known of the picture.
  ///   - shape: the cells and their networks, of two coordinates and the picture's channels.
  ///   - settings: the learning rate and the batches.
  ///   - seed: the seed of the initialization.
  /// - Throws: ``GridFitError`` for cells or an overlap so small that hardly any difference lies within a cell, and
  ///   for networks that the kernels do not support.
  public init(
    _ differences: GridDifferences, _ shape: GridShape,
    _ settings: DifferenceGridSettings = .init(), seed: UInt64
  ) throws {
    precondition(
      shape.cells.count == 2 && shape.architecture.outputs == differences.channels,
      "a grid of \(shape.cells.count) axes and \(shape.architecture.outputs) channels does not fit a picture of "
        + "\(differences.channels) channels")
    let most = Self.mostCells(over: differences.extents)
    guard zip(shape.cells, most).allSatisfy({ (1...$1).contains($0) }) else {
      throw GridFitError.smallCells(shape.cells, most: most)
    }
    guard shape.overlap >= 1, shape.overlap.isFinite else {
      throw GridFitError.smallOverlap(shape.overlap)
    }
    descent = try CellDescent(
      startingFrom: SirenGrid(
        shape.grid(over: differences.extents), shape.architecture, seed: seed))
    self.differences = differences
    self.settings = settings
  }

  /// The fewest pixels of a cell along an axis; with fewer hardly any difference lies within a cell.
  private static let smallestCell = 4

  /// The most cells along each axis of a picture, given its rows and columns.
  public static func mostCells(over extents: [Int]) -> [Int] {
    extents.map { max(1, $0 / smallestCell) }
  }

  /// Whether some cells have not yet made the updates of the round that was stopped.
  public var isRoundUnfinished: Bool { descent.unfinished != nil }

  /// Makes the updates of a round in every cell.
  ///
  /// - Parameters:
  ///   - round: the updates; ignored if an earlier round was stopped, which is continued then.
  ///   - shouldStop: called about every 0.1 s; returns whether to leave the other cells for the next call.
  public mutating func advance(_ round: CellRound, shouldStop: () -> Bool = { false }) {
    let sampler = DifferenceSampler(
      differences: differences, grid: field.grid, batch: settings.descent.batch,
      valueWeight: settings.valueWeight)
    let losses = descent.advance(settings.descent, round, shouldStop: shouldStop) { cells, cell in
      cells.descend(cell, on: sampler.samples(of: cell))
    }
    if losses.allSatisfy({ $0 >= 0 }) { descent.finishRound() }
    let found = losses.filter { $0 >= 0 }
    loss = found.reduce(0, +) / Double(max(1, found.count))
  }

  /// The ratio of the loss of the field that is 0 everywhere to the estimated loss, in decibels.
  public var decibels: Double {
    10 * log10(differences.constantLoss(valueWeight: settings.valueWeight) / max(loss, 1e-30))
  }
}

extension DifferenceGridFit: CellwiseFit {
  /// Updates the field until a limit is reached; see ``ProgressiveFit/run(_:clock:shouldStop:save:saving:each:)``.
  ///
  /// - Throws: ``GridFitError/diverged(step:)``, and any error from `each`.
  public mutating func run(
    _ limits: FitLimits, clock: () -> Double = TrainingClock.seconds,
    shouldStop: () -> Bool = { false },
    save: (DifferenceGridFit, Double) throws -> Void = { _, _ in },
    saving: PeriodicSaving = PeriodicSaving(),
    each: (FitProgress, DifferenceGridFit) throws -> Void = { _, _ in }
  ) throws -> (ending: TrainingEnding, seconds: Double) {
    try run(
      limits, by: CellwiseLearner(limits, from: 0), clock: clock, shouldStop: shouldStop,
      save: save, saving: saving, each: each)
  }

  /// Releases the memory of the moments; a further update starts them anew.
  public mutating func releaseTrainingState() { descent.releaseMoments() }
}
