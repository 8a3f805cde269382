import Fields
import Fitting

extension FitPipeline {
  /// Chooses the kind of field from the options, the initial model or the size of the signal.
  ///
  /// - Throws: ``FitPipelineError`` for options that contradict the signal or the model.
  func plan(_ signal: FittedSignal, _ start: FieldModel?) throws -> FieldPlan {
    let asksForOne = settings.cells?.allSatisfy { $0 == 1 } == true
    if let start, let initial = settings.initial {
      return FieldPlan(
        kind: try kind(of: start, initial, signal, asksForOne: asksForOne), reason: .start)
    }
    let isClip = if case .video = signal { true } else { false }
    if settings.recipe == .notebook {
      guard !isClip else { throw FitPipelineError.clipByNotebook }
      return FieldPlan(
        kind: .network(settings.choices.architecture(.notebook(for: signal))), reason: .recipe)
    }
    let network = FieldPlan.Kind.network(settings.choices.architecture(.standard(for: signal)))
    if asksForOne, !isClip { return FieldPlan(kind: network, reason: .asked) }
    guard isClip || settings.choices.optimizer ?? .adam == .adam else {
      return FieldPlan(kind: network, reason: .optimizer)
    }
    let isAsked = settings.cells != nil || settings.parameters != nil
    guard isAsked || GridShape.suits(signal) else {
      return FieldPlan(kind: network, reason: .small)
    }
    return FieldPlan(kind: .grid(try shape(signal)), reason: isAsked ? .asked : .large)
  }

  private func kind(
    of start: FieldModel, _ path: String, _ signal: FittedSignal, asksForOne: Bool
  ) throws -> FieldPlan.Kind {
    let shape = start.architecture
    guard (shape.coordinates, shape.outputs) == signal.shape else {
      throw FitPipelineError.otherStart(
        path: path, actual: "\(shape.coordinates) coordinates to \(shape.outputs) values",
        expected:
          "a \(signal.summary) needs \(signal.shape.coordinates) and \(signal.shape.outputs)")
    }
    guard let grid = start.grid else { return .network(shape) }
    guard !asksForOne, settings.recipe != .notebook else {
      throw FitPipelineError.startIsGrid(path: path)
    }
    return .grid(
      GridShape(
        cells: grid.grid.axes.map(\.cells), overlap: grid.grid.axes[0].overlap,
        architecture: grid.architecture))
  }

  private func shape(_ signal: FittedSignal) throws -> GridShape {
    let choices = settings.choices
    var shape = GridShape.standard(
      for: signal, parameters: settings.parameters, hiddenWidth: choices.width)
    try shape.apply(choices, cells: settings.cells, overlap: settings.overlap, signal)
    return shape
  }
}
