import DifferentiableCore
import Fields
import Fitting
import Training

/// The fit of a field to the differences of a picture: a grid where that suits, one network otherwise.
public struct DifferenceFit: Sendable {
  /// The kind of field, and the reason.
  public let plan: FieldPlan
  private let objective: any FieldObjective
  private let differences: GridDifferences?
  private let choices: FieldChoices
  private let recipe: FitSettings
  private let seed: UInt64

  /// Chooses a field for a picture.
  ///
  /// - Parameters:
  ///   - signal: the size and channels of the picture.
  ///   - objective: the objective of one network.
  ///   - differences: the differences to which a grid can be fitted; nil where the recipe fits one network.
  ///   - network: the default shape of one network.
  ///   - recipe: the default settings of one network.
  ///   - cells: cells along each axis; all 1 for one network, nil for the default.
  ///   - overlap: samples on each side of a cell's border in which both cells contribute; nil for the default.
  ///   - choices: the choices for the networks and their training.
  ///   - seed: the seed of the initialization and the batches.
  /// - Throws: ``FitPipelineError`` for a grid that is asked for and does not suit.
  public init(
    _ signal: FittedSignal, _ objective: any FieldObjective, differences: GridDifferences?,
    network: SirenArchitecture, recipe: FitSettings, cells: [Int]?,
    overlap: Double?, choices: FieldChoices, seed: UInt64
  ) throws {
    self.objective = objective
    self.differences = differences
    self.choices = choices
    self.recipe = recipe
    self.seed = seed
    let one = FieldPlan.Kind.network(choices.architecture(network))
    let asksForGrid = cells.map { !$0.allSatisfy { $0 == 1 } } ?? false
    guard differences != nil else {
      if asksForGrid || overlap != nil { throw FitPipelineError.noGrid }
      plan = FieldPlan(kind: one, reason: .recipe)
      return
    }
    let isByAdam = choices.optimizer ?? .adam == .adam
    if asksForGrid, let optimizer = choices.optimizer, !isByAdam {
      throw FitPipelineError.optimizerOfGrid(optimizer, reason: "--cells asks for a grid")
    }
    guard asksForGrid || cells == nil && isByAdam && GridShape.suits(signal) else {
      guard overlap == nil else { throw FitPipelineError.overlapOfOneNetwork }
      plan = FieldPlan(
        kind: one, reason: cells != nil ? .asked : isByAdam ? .small : .optimizer)
      return
    }
    var shape = GridShape.standard(for: signal, hiddenWidth: choices.width)
    try shape.apply(choices, cells: cells, overlap: overlap, signal)
    if let error = Self.problem(with: shape, signal) { throw error }
    plan = FieldPlan(kind: .grid(shape), reason: asksForGrid ? .asked : .large)
  }

  private static func problem(
    with shape: GridShape, _ signal: FittedSignal
  ) -> FitPipelineError? {
    guard case .image(let width, let height, _) = signal else { return nil }
    let most = DifferenceGridFit.mostCells(over: [height, width])
    return zip(shape.cells, most).contains { $0 > $1 } ? .smallCells(shape.cells, most: most) : nil
  }

  /// Fits the field until a limit is reached.
  ///
  /// - Parameters:
  ///   - limits: the limits of the run.
  ///   - clock: a monotonic time in seconds.
  ///   - shouldStop: called between updates; returns whether to stop.
  ///   - each: called after each round of updates.
  /// - Returns: the field and the record of the run.
  /// - Throws: `FitError`, `GridFitError`, and any error from `each`.
  public func run(
    _ limits: FitLimits, clock: () -> Double = TrainingClock.seconds,
    shouldStop: () -> Bool = { false }, each: (FitProgress, any Field) throws -> Void = { _, _ in }
  ) throws -> (field: any AffineField, record: FitRecord) {
    switch (plan.kind, differences) {
    case (.grid(let shape), .some(let differences)):
      var fit = try DifferenceGridFit(
        differences, shape, choices.differenceGridSettings(), seed: seed)
      let record = try run(&fit, limits, clock, shouldStop, each)
      return (fit.field, record)
    case (.grid(let shape), .none):
      preconditionFailure("no differences for a grid of \(shape.cells) cells")
    case (.network(let architecture), _):
      var fit = FieldFit(objective, architecture, choices.settings(recipe), seed: seed)
      let record = try run(&fit, limits, clock, shouldStop, each)
      return (fit.field, record)
    }
  }

  private func run<Fit: ProgressiveFit>(
    _ fit: inout Fit, _ limits: FitLimits, _ clock: () -> Double, _ shouldStop: () -> Bool,
    _ each: (FitProgress, any Field) throws -> Void
  ) throws -> FitRecord {
    var record = FitRecord()
    (record.ending, record.seconds) = try fit.run(
      limits, clock: clock, shouldStop: shouldStop, save: { _, _ in }, saving: PeriodicSaving()
    ) { progress, fit in
      record.add(progress)
      try each(progress, fit.field)
    }
    record.steps = fit.step
    fit.releaseTrainingState()
    return record
  }
}
