import Fields
import Fitting

/// What a fit makes of a signal, and where it goes.
public struct FitPipelineSettings: Sendable {
  /// The model to write.
  public var output: String
  /// What the model's file says of who wrote it.
  public var program: String
  /// How to fit.
  public var recipe = FitRecipe.standard
  /// When to end.
  public var limits = FitLimits(seconds: 10)
  /// Decides the start and the batches.
  public var seed: UInt64 = 1
  /// What is chosen of the networks and their training.
  public var choices = FieldChoices()
  /// Cells of the grid along each axis; all 1 for one network, nil for the usual.
  public var cells: [Int]?
  /// Samples on each side of a cell's border in which both cells count; nil for the usual.
  public var overlap: Double?
  /// A budget of parameters; nil for the usual.
  public var parameters: Int?
  /// A model to start from.
  public var initial: String?
  /// A page to write beside the model.
  public var report: String?
  /// Whether to go on with an interrupted fit.
  public var resumes = false
  /// Whether files may be replaced.
  public var overwrites = false

  /// Settings with the usual recipe.
  public init(output: String, program: String) {
    self.output = output
    self.program = program
  }

  /// Where the state of an interrupted fit is kept.
  public var checkpoint: String { output + ".checkpoint" }
}

/// What happens in a fit.
public enum FitPipelineEvent: Sendable {
  /// The kind of field was chosen.
  case planned(FieldPlan)
  /// The fit goes on from a checkpoint with so many updates.
  case resumed(step: Int)
  /// Updates were made.
  case progress(FitProgress, any Field)
  /// The state could not be saved on the way; the fit goes on.
  case notSaved(any Error)
}

/// What a fit came to.
public struct FitPipelineResult: Sendable {
  /// The quality over all samples.
  public var quality: FitQuality
  /// The run.
  public var record: FitRecord
  /// Whether one even value everywhere would have done as well.
  public var isNoBetterThanConstant: Bool
  /// What more time would give, where that is known.
  public var outlook: FitOutlook?
}
