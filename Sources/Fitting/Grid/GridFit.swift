import DifferentiableCore
import Fields
import Foundation
import Numerics
import Training

/// The settings of a grid's fit.
public struct GridFitSettings: Sendable, Equatable {
  /// The peak learning rate.
  public var learningRate = 6e-3
  /// Decay of Adam's first moment.
  public var beta1 = 0.9
  /// Decay of Adam's second moment.
  ///
  /// It is smaller than usual because few updates are made.
  public var beta2 = 0.99
  /// The approximate number of samples of a cell in one update.
  public var batch = 289
  /// The schedule of the learning rate over the run.
  public var schedule = Schedule.cosine(warmUp: 0.02)

  /// Creates the settings that are best for photographs at equal time; see Docs/EXPERIMENTS.md.
  public init() {}

  /// Adam's settings for updates that follow some others, given the completed fraction of the run before each.
  func updates(at progress: [Double], after step: Int) -> AdamSchedule {
    AdamSchedule(
      beta1: beta1, beta2: beta2, epsilon: 1e-8, updatesBefore: step,
      learningRates: progress.map { learningRate * Double(schedule.factor(at: $0)) })
  }
}

/// The fit of a grid of SIRENs to a signal.
///
/// Cells are independent. Each is fitted to the samples to which it contributes, so the windows average two good
/// answers where cells overlap. Several updates of a cell are made at a time, while its data is in a core's cache.
/// The result does not depend on the number of threads. The members of a group share the rows of cells, and each holds
/// its own cells alone; the result does not depend on their number either.
public struct GridFit: Sendable {
  /// The field fitted so far; of a member of a group its own cells, see `SirenGrid.heldCells`.
  public var field: SirenGrid { descent.field }
  /// Number of updates made to every cell.
  public var step: Int { descent.step }
  /// The mean squared error of network values, estimated from the last updates; nan before the first update.
  ///
  /// After a round that was stopped it is the mean over the cells that have made their updates.
  public private(set) var loss = Double.nan

  private let signal: any GridSignal
  private let settings: GridFitSettings
  private let seed: UInt64
  private var descent: CellDescent
  /// Updates and seconds of an interrupted run that the next run continues.
  var done = (steps: 0, seconds: 0.0)

  /// Creates a fit at its start, in which the last biases of each cell are the mean of its samples.
  ///
  /// - Throws: ``GridFitError`` for networks that the kernels do not support.
  public init(
    _ signal: any GridSignal, _ shape: GridShape, _ settings: GridFitSettings = .init(),
    seed: UInt64
  ) throws {
    let grid = shape.grid(over: signal.extents)
    let cells = grid.cells(of: WorkGroup.current)
    var field = SirenGrid(grid, shape.architecture, seed: seed, cells: cells)
    let channels = signal.channels
    let count = shape.architecture.parameterCount
    let means = Parallel.map(cells.count) { offset -> [Float] in
      let values = signal.values(in: grid.support(of: cells.lowerBound + offset))
      return (0..<channels).map { channel in
        var sum = 0.0
        for place in stride(from: channel, to: values.count, by: channels) {
          sum += Double(values[place])
        }
        return Float(sum / Double(max(1, values.count / channels)))
      }
    }
    for (cell, mean) in means.enumerated() {
      let end = (cell + 1) * count
      field.parameters.replaceSubrange(end - channels..<end, with: mean)
    }
    try self.init(signal, startingFrom: field, settings, seed: seed)
  }

  /// Creates a fit that starts from a field with the signal's extents and channels.
  ///
  /// - Throws: ``GridFitError``.
  public init(
    _ signal: any GridSignal, startingFrom field: SirenGrid, _ settings: GridFitSettings = .init(),
    seed: UInt64
  ) throws {
    let extents = field.grid.axes.map(\.samples)
    guard extents == signal.extents, field.architecture.outputs == signal.channels else {
      throw GridFitError.otherSignal(
        expected: "\(signal.extents) samples of \(signal.channels) channels",
        actual: "\(extents) samples of \(field.architecture.outputs) channels")
    }
    let own = field.grid.cells(of: WorkGroup.current)
    descent = try CellDescent(
      startingFrom: field.heldCells == own ? field : field.holding(own))
    self.signal = signal
    self.settings = settings
    self.seed = seed
  }

  /// Whether some cells have not yet made the updates of the round that was stopped.
  public var isRoundUnfinished: Bool { descent.unfinished != nil }

  /// Makes the updates of a round in every cell.
  ///
  /// - Parameters:
  ///   - round: the updates; ignored if an earlier round was stopped, which is continued then.
  ///   - shouldStop: called about every 0.1 s; returns whether to leave the other cells for the next call.
  public mutating func advance(_ round: CellRound, shouldStop: () -> Bool = { false }) {
    let grid = field.grid
    let sampler = CellSampler(signal: signal, grid: grid, batch: settings.batch, seed: seed)
    let own = descent.advance(settings, round, shouldStop: shouldStop) { cells, cell in
      cells.descend(cell, on: sampler.samples(of: cell))
    }
    let group = WorkGroup.current
    let losses =
      group.isAlone ? own : group.gather(own.message).flatMap { [Double](message: $0) ?? [] }
    // One member's cells that are left keep the round of all members open.
    if losses.allSatisfy({ $0 >= 0 }) { descent.finishRound() }
    let weights = (0..<grid.count).map { cell in
      losses[cell] < 0 ? 0 : Double(grid.support(of: cell).reduce(1) { $0 * $1.count })
    }
    let total = zip(losses, weights).reduce(0.0) { (sum: Double, own: (Double, Double)) in
      sum + own.0 * own.1
    }
    loss = total / max(1, weights.reduce(0, +))
  }

  /// The name of a grid's checkpoints.
  public static let checkpointKind = "siren grid checkpoint"

  /// Each member of a group saves its own cells.
  public static var isShared: Bool { true }

  /// Parameters, first and second moments, and what was done of an unfinished round.
  public var savedState: FitState { descent.savedState }

  /// Continues from a saved state; see ``ResumableFit/restore(_:step:seconds:)``.
  public mutating func restore(_ state: FitState, step: Int, seconds: Double) -> Bool {
    guard descent.restore(state, step: step) else { return false }
    done = (step, seconds)
    return true
  }

  /// Releases the memory of the moments, twice that of the field; a further update starts them anew.
  public mutating func releaseTrainingState() { descent.releaseMoments() }

  /// The quality estimated from the losses of the last updates, in decibels.
  public var decibels: Double { signal.decibels(ofLoss: loss) }
}

/// The reason that a grid cannot be fitted, as one line for the user.
public enum GridFitError: Error, CustomStringConvertible, Equatable {
  /// The field belongs to another signal.
  case otherSignal(expected: String, actual: String)
  /// The kernels do not support the network.
  case noKernel
  /// Hardly any difference lies within a cell of a fit to differences.
  case smallCells([Int], most: [Int])
  /// The overlap is too small for each difference to lie within a cell.
  case smallOverlap(Double)
  /// The loss is not a number.
  case diverged(step: Int)

  private func words(_ cells: [Int]) -> String { cells.map(String.init).joined(separator: "x") }

  /// The message.
  public var description: String {
    switch self {
    case .otherSignal(let expected, let actual):
      "the model is a grid over \(actual), the signal has \(expected); start without --init"
    case .noKernel:
      "no kernel has such a network; pass a --width of 1 to 65536 and a --depth of at most 62"
    case .smallCells(let cells, let most):
      "a grid of \(words(cells)) cells was given, expected 1x1 to \(words(most)): a cell needs 4 pixels along "
        + "each axis; pass fewer cells"
    case .smallOverlap(let overlap):
      "the overlap of cells is \(overlap) pixels, expected at least 1, so that each difference lies within a cell"
    case .diverged(let step):
      "the fit diverged at step \(step); pass a smaller --learning-rate"
    }
  }
}
