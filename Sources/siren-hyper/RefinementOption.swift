import ArgumentParser
import Foundation
import ImagePriors

/// Throws a `ValidationError` for a `--refine` out of range.
func checkRefinement(_ steps: Int?) throws {
  guard steps.map({ (1...100_000).contains($0) }) ?? true else {
    throw ValidationError("--refine is \(steps ?? 0), expected 1 to 100000 updates.")
  }
}

/// One line about the effect of a refinement.
func describe(_ refined: FieldRefinement.Result) -> String {
  guard let heldOut = refined.heldOut else {
    return "not refined: there are too few points to hold some out"
  }
  guard refined.steps > 0 else {
    return "not refined: the error at held-out points did not decrease"
  }
  return "refined by \(refined.steps) updates: mean squared error at held-out points "
    + String(format: "%.5f, %.5f before", heldOut.after, heldOut.before)
}
