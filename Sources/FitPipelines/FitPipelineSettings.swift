import Fields
import Fitting

/// The settings of a fit and its outputs.
public struct FitPipelineSettings: Sendable {
  /// The path of the model to write.
  public var output: String
  /// The name of the program, written to the model file.
  public var program: String
  /// The recipe of the fit.
  public var recipe = FitRecipe.standard
  /// The limits at which the fit ends.
  public var limits = FitLimits(seconds: 10)
  /// The seed of the initialization and the batches.
  public var seed: UInt64 = 1
  /// The choices for the networks and their training.
  public var choices = FieldChoices()
  /// Cells of the grid along each axis; all 1 for one network, nil for the default.
  public var cells: [Int]?
  /// Samples on each side of a cell's border in which both cells contribute; nil for the default.
  public var overlap: Double?
  /// The most parameters of the field; nil for the default.
  public var parameters: Int?
  /// The path of an initial model.
  public var initial: String?
  /// The path of a report page to write.
  public var report: String?
  /// Whether to resume an interrupted fit.
  public var resumes = false
  /// Whether existing files may be replaced.
  public var overwrites = false

  /// Creates settings with the standard recipe.
  public init(output: String, program: String) {
    self.output = output
    self.program = program
  }

  /// Whether the model and the page may be replaced: an interrupted fit has written both, which the resumed one replaces.
  var replacesOwnFiles: Bool { overwrites || resumes }

  /// The path of an interrupted fit's saved state.
  public var checkpoint: String { output + ".checkpoint" }
}

/// An event during a fit.
public enum FitPipelineEvent: Sendable {
  /// The kind of field was chosen.
  case planned(FieldPlan)
  /// The fit was resumed from a checkpoint with this number of updates.
  case resumed(step: Int)
  /// Updates were made.
  case progress(FitProgress, any Field)
  /// The state could not be saved; the fit continues, or has been stopped.
  case notSaved(any Error, continues: Bool)
}

/// The result of a fit.
public struct FitPipelineResult: Sendable {
  /// The quality over all samples.
  public var quality: FitQuality
  /// The record of the run.
  public var record: FitRecord
  /// Whether a constant value would have done as well.
  public var isNoBetterThanConstant: Bool
  /// The estimated benefit of more time, if known.
  public var outlook: FitOutlook?
}
