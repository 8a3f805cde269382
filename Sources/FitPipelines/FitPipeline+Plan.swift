import Fields
import Fitting

extension FitPipeline {
  /// Chooses the kind of field from the options, the initial model or the size of the signal.
  ///
  /// - Throws: ``FitPipelineError`` for options that contradict the signal or the model.
  func plan(_ signal: FittedSignal, _ start: FieldModel?) throws -> FieldPlan {
    let plan = try choose(signal, start)
    if case .network = plan.kind, settings.overlap != nil {
      throw plan.reason == .recipe
        ? FitPipelineError.noGrid : FitPipelineError.overlapOfOneNetwork
    }
    return plan
  }

  private func choose(_ signal: FittedSignal, _ start: FieldModel?) throws -> FieldPlan {
    let asksForOne = settings.cells?.allSatisfy { $0 == 1 } == true
    if let start, let initial = settings.initial {
      return FieldPlan(
        kind: try kind(of: start, initial, signal, asksForOne: asksForOne), reason: .start)
    }
    let isClip = if case .video = signal { true } else { false }
    if settings.recipe == .notebook {
      guard !isClip else { throw FitPipelineError.clipByNotebook }
      guard settings.cells == nil || asksForOne, settings.parameters == nil else {
        throw FitPipelineError.recipeHasNetwork
      }
      return FieldPlan(
        kind: .network(settings.choices.architecture(.notebook(for: signal))), reason: .recipe)
    }
    if asksForOne, !isClip { return FieldPlan(kind: try network(signal), reason: .asked) }
    if let optimizer = settings.choices.optimizer, optimizer != .adam {
      guard !isClip else {
        throw FitPipelineError.optimizerOfGrid(
          optimizer, reason: "a clip is fitted with a grid")
      }
      guard settings.cells == nil else {
        throw FitPipelineError.optimizerOfGrid(optimizer, reason: "--cells asks for a grid")
      }
      return FieldPlan(kind: try network(signal), reason: .optimizer)
    }
    let isAsked = settings.cells != nil || settings.parameters != nil
    guard isAsked || GridShape.suits(signal) else {
      return FieldPlan(kind: try network(signal), reason: .small)
    }
    return FieldPlan(kind: .grid(try shape(signal)), reason: isAsked ? .asked : .large)
  }

  /// The default network with the options applied, narrower where the budget of parameters requires it.
  private func network(_ signal: FittedSignal) throws -> FieldPlan.Kind {
    let choices = settings.choices
    let network = choices.architecture(.standard(for: signal))
    guard let parameters = settings.parameters else { return .network(network) }
    return .network(
      try withinBudget {
        try network.narrowed(
          to: parameters, keepingWidth: choices.width != nil, keepingDepth: choices.depth != nil)
      })
  }

  /// Calls a function of the library; a budget that is too small is an error of the options.
  private func withinBudget<Shape>(_ body: () throws -> Shape) throws -> Shape {
    do {
      return try body()
    } catch FitError.fewParameters(let parameters, let least) {
      throw FitPipelineError.fewParameters(parameters, least: least)
    }
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
    if let optimizer = settings.choices.optimizer, optimizer != .adam {
      throw FitPipelineError.optimizerOfGrid(optimizer, reason: "'\(path)' is a grid")
    }
    return .grid(
      GridShape(
        cells: grid.grid.axes.map(\.cells), overlap: grid.grid.axes[0].overlap,
        architecture: grid.architecture))
  }

  private func shape(_ signal: FittedSignal) throws -> GridShape {
    let choices = settings.choices
    try GridShape.check(settings.cells, signal)
    var shape = GridShape.standard(for: signal, hiddenWidth: choices.width)
    if let parameters = settings.parameters {
      shape = try withinBudget {
        try GridShape.within(
          parameters, for: signal, cells: settings.cells, hiddenWidth: choices.width,
          hiddenLayers: choices.depth)
      }
    }
    try shape.apply(choices, cells: settings.cells, overlap: settings.overlap, signal)
    return shape
  }
}
