import DifferentiableCore
import Fields
import Numerics

/// The descent of a grid's cells: the field, Adam's moments and the number of updates, whatever the cells learn from.
struct CellDescent: Sendable {
  /// The field fitted so far.
  private(set) var field: SirenGrid
  /// Number of updates made to every cell.
  private(set) var step = 0
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

  /// Updates every held cell, each on a thread of its own as far as there are threads.
  ///
  /// - Parameters:
  ///   - settings: the learning rate, its schedule and Adam's decays.
  ///   - progress: the completed fraction of the run before each update, which sets the learning rate.
  ///   - update: makes the updates of a cell, given its index, and returns its loss.
  /// - Returns: the losses of the held cells.
  mutating func advance(
    _ settings: GridFitSettings, progress: [Double], update: @Sendable (Cells, Int) -> Double
  ) -> [Double] {
    if firstMoments.isEmpty {
      firstMoments = [Float](repeating: 0, count: field.parameters.count)
      secondMoments = firstMoments
    }
    let updates = settings.updates(at: progress, after: step)
    let (held, fused, firstUpdate) = (field.heldCells, fused, step)
    let losses = field.parameters.withUnsafeMutableBufferPointer { parameters in
      firstMoments.withUnsafeMutableBufferPointer { moments in
        secondMoments.withUnsafeMutableBufferPointer { squares -> [Double] in
          guard let p = parameters.baseAddress, let m = moments.baseAddress,
            let v = squares.baseAddress
          else { return [] }
          let cells = Cells(
            fused: fused, first: held.lowerBound, parameters: p, firstMoments: m,
            secondMoments: v, firstUpdate: firstUpdate, updates: updates)
          return Parallel.map(held.count) { update(cells, held.lowerBound + $0) }
        }
      }
    }
    step += progress.count
    return losses
  }

  /// Releases the memory of the moments, twice that of the field; a further update starts them anew.
  mutating func releaseMoments() {
    firstMoments = []
    secondMoments = []
  }

  /// Parameters, first and second moments.
  var savedState: FitState {
    FitState(arrays: [
      "parameters": field.parameters, "first_moment": firstMoments,
      "second_moment": secondMoments,
    ])
  }

  /// Continues from a saved state after some updates.
  ///
  /// - Returns: whether the state has all arrays; if not, nothing changes.
  mutating func restore(_ state: FitState, step: Int) -> Bool {
    guard let parameters = state.arrays["parameters"], let first = state.arrays["first_moment"],
      let second = state.arrays["second_moment"]
    else { return false }
    field.parameters = parameters
    firstMoments = first
    secondMoments = second
    self.step = step
    return true
  }
}
