import DifferentiableCore
import Fields
import Numerics
import Training

/// The descent of a grid's cells: the field, Adam's moments and the number of updates, whatever the cells learn from.
///
/// The cells make the updates of a round block by block, so that a request to stop is met within a fraction of a second
/// even if the round takes minutes. What is left of the round belongs to the state.
struct CellDescent: Sendable {
  /// The field fitted so far.
  private(set) var field: SirenGrid
  /// Number of updates made to every cell.
  private(set) var step = 0
  /// The round that has begun and is not complete.
  private(set) var unfinished: UnfinishedRound?
  /// The measured seconds of a cell's update, over all threads; nil before the first block.
  private var pace: Double?
  private let fused: FusedField
  /// As long as the parameters; empty after ``releaseMoments()``.
  private var firstMoments: [Float]
  private var secondMoments: [Float]

  /// A descent at its start.
  ///
  /// - Throws: ``GridFitError/noKernel`` for networks that the kernels do not support.
  init(startingFrom field: SirenGrid) throws {
    guard let fused = FusedField(field.architecture) else { throw GridFitError.noKernel }
    self.field = field
    self.fused = fused
    firstMoments = [Float](repeating: 0, count: field.parameters.count)
    secondMoments = firstMoments
  }

  /// The cells during some updates; threads may update different ones at the same time.
  struct Cells: @unchecked Sendable {
    fileprivate let fused: FusedField
    /// The first of the held cells.
    fileprivate let first: Int
    // Each cell writes only its own part.
    fileprivate let parameters: UnsafeMutablePointer<Float>
    fileprivate let firstMoments: UnsafeMutablePointer<Float>
    fileprivate let secondMoments: UnsafeMutablePointer<Float>
    fileprivate let firstUpdate: Int
    fileprivate let updates: AdamSchedule

    /// Makes the updates of a cell on samples; returns the mean loss of the last ones.
    func descend(_ cell: Int, on samples: CellSamples) -> Double {
      fused.descend(
        parameters, firstMoments, secondMoments, at: cell - first, on: samples,
        firstUpdate: firstUpdate, updates: updates, in: CellWorkspace(fused))
    }

    /// Makes the updates of a cell on differences; returns the mean loss of the last ones.
    func descend(_ cell: Int, on samples: CellDifferences) -> Double {
      fused.descend(
        parameters, firstMoments, secondMoments, at: cell - first, on: samples,
        firstUpdate: firstUpdate, updates: updates)
    }
  }

  /// Seconds between two questions whether to stop.
  private static let patience = 0.1

  /// Makes the updates of a round in every held cell, each on a thread of its own as far as there are threads.
  ///
  /// The round is over with ``finishRound()``, which the members of a group call together.
  ///
  /// - Parameters:
  ///   - settings: the learning rate, its schedule and Adam's decays.
  ///   - round: the updates; ignored while an earlier round is unfinished, which is continued.
  ///   - shouldStop: called between blocks of cells; returns whether to leave the others for later.
  ///   - update: makes the updates of a cell, given its index, and returns its loss.
  /// - Returns: the losses of the held cells, negative for those that are left.
  mutating func advance(
    _ settings: GridFitSettings, _ round: CellRound, shouldStop: () -> Bool,
    update: @Sendable (Cells, Int) -> Double
  ) -> [Double] {
    if firstMoments.isEmpty {
      firstMoments = [Float](repeating: 0, count: field.parameters.count)
      secondMoments = firstMoments
    }
    var current = unfinished ?? UnfinishedRound(round, cells: field.heldCells.count)
    let open = current.openCells
    let updates = settings.updates(at: current.round.fractions, after: step)
    var start = 0
    while start < open.count {
      let block = open[start..<min(open.count, start + blockLength(current.round))]
      let began = TrainingClock.seconds()
      let losses = self.losses(of: block, updates, update)
      for (cell, loss) in zip(block, losses) {
        // A loss that is not a number ends the fit when the round is complete.
        current.losses[cell] = loss.isNaN ? .infinity : loss
      }
      pace =
        (TrainingClock.seconds() - began) / Double(max(1, block.count * current.round.count))
      start += block.count
      if start < open.count, shouldStop() { break }
    }
    unfinished = current
    return current.losses
  }

  /// Number of cells between two questions whether to stop.
  private func blockLength(_ round: CellRound) -> Int {
    guard let pace else { return 16 * Parallel.available }
    let cells = Self.patience / max(1e-9, pace * Double(round.count))
    return max(8 * Parallel.available, Int(min(1e9, cells)))
  }

  /// Makes the updates of some held cells.
  private mutating func losses(
    of block: ArraySlice<Int>, _ updates: AdamSchedule, _ update: @Sendable (Cells, Int) -> Double
  ) -> [Double] {
    let (held, fused, firstUpdate) = (field.heldCells, fused, step)
    return field.parameters.withUnsafeMutableBufferPointer { parameters in
      firstMoments.withUnsafeMutableBufferPointer { moments in
        secondMoments.withUnsafeMutableBufferPointer { squares -> [Double] in
          guard let p = parameters.baseAddress, let m = moments.baseAddress,
            let v = squares.baseAddress
          else { return [] }
          let cells = Cells(
            fused: fused, first: held.lowerBound, parameters: p, firstMoments: m,
            secondMoments: v, firstUpdate: firstUpdate, updates: updates)
          return Parallel.map(block.count) {
            update(cells, held.lowerBound + block[block.startIndex + $0])
          }
        }
      }
    }
  }

  /// Counts the updates of the round, which all cells of the field have made.
  mutating func finishRound() {
    step += unfinished?.round.count ?? 0
    unfinished = nil
  }

  /// Releases the memory of the moments, twice that of the field; a further update starts them anew.
  mutating func releaseMoments() {
    firstMoments = []
    secondMoments = []
  }

  /// Parameters, first and second moments, and what was done of an unfinished round.
  var savedState: FitState {
    var state = FitState(arrays: [
      "parameters": field.parameters, "first_moment": firstMoments,
      "second_moment": secondMoments,
    ])
    UnfinishedRound.save(unfinished, cells: field.heldCells.count, to: &state)
    return state
  }

  /// Continues from a saved state after some updates.
  ///
  /// - Returns: whether the state has all arrays and a possible round; if not, nothing changes.
  mutating func restore(_ state: FitState, step: Int) -> Bool {
    guard let parameters = state.arrays["parameters"], let first = state.arrays["first_moment"],
      let second = state.arrays["second_moment"],
      let round = UnfinishedRound.read(state, cells: field.heldCells.count)
    else { return false }
    unfinished = round
    field.parameters = parameters
    firstMoments = first
    secondMoments = second
    self.step = step
    return true
  }
}
