/// The purposes that random numbers are drawn for, each with the number that separates its draws from others
/// of the same seed.
///
/// The numbers are part of every seeded result, so they never change. Some purposes share a number,
/// which is harmless because no run uses both. A new purpose takes a new number. Draws that depend
/// on nothing but a seed and an index, such as the masks of an evaluation, have no number.
public enum RandomStream: Sendable, CaseIterable {
  /// The points of one update of a field; then the step.
  case fieldPoints
  /// Points drawn in a box on which a constraint holds; then the step and the constraint.
  case boxPoints
  /// The order in which a hypernetwork's training goes through its pictures; then the epoch.
  case hyperNetworkOrder
  /// Contexts, targets and mirrors of one piece of a hypernetwork's batch; then the step and the piece.
  case hyperNetworkBatch
  /// The training codes that a subspace prior keeps.
  case keptCodes
  /// The start of a residual network's parameters.
  case residualStart
  /// Pictures drawn from a subspace posterior; then the picture's number.
  case posteriorSamples
  /// The noise of the test picture.
  case testPicture
  /// The two halves of a collection, each of which is restored by the other half's prior.
  case residualHalves
  /// Masks and pictures of a residual network's examples; then the mask's number.
  case residualMasks
  /// Masks of a residual network's validation pictures; then the number of points and the mask's number.
  case residualValidation
  /// The order in which a residual network's training goes through its examples; then the epoch.
  case residualOrder
  /// Which examples of one piece of a residual network's batch are mirrored; then the step and the piece.
  case residualMirrors
  /// Contexts and targets of a hypernetwork's validation pictures; then the picture and the number of points.
  case hyperNetworkValidation
  /// The observations that a refinement holds out; then their number.
  case refinementHeldOut
  /// The subset of points for an encoder with a limit; then the number of points.
  case encoderPoints
  /// The order in which a cell of a grid goes through its samples; then the cell.
  case cellSamples
  /// The start of a grid prior's parameters.
  case gridStart
  /// The order in which a grid prior's training goes through its windows; then the epoch.
  case gridOrder
  /// Components, symmetries and masks of one piece of a grid prior's batch; then the step and the piece.
  case gridBatch
  /// Components and masks of a grid prior's validation windows; then the window and the share of its pixels.
  case gridValidation
  /// Pictures drawn from a grid prior's posterior; then the picture's number.
  case gridSamples
  /// The observations that are held out to choose a method; then their number.
  case evidenceHeldOut
  /// Points on the surface of a mesh.
  case surfacePoints
  /// Points around a shape at which its distance is learned; then the number of the part.
  case shapePoints
  /// Points at which two shapes are compared; then the number of the part.
  case shapeComparison

  /// The number, which follows the seed.
  public var number: UInt64 {
    switch self {
    case .encoderPoints: 0
    // One run fits a field or trains a hypernetwork, never both.
    case .fieldPoints, .hyperNetworkOrder: 1
    case .boxPoints, .hyperNetworkBatch: 2
    case .keptCodes: 3
    // A run trains a network, draws from a posterior, or makes the test picture, never two of these.
    case .residualStart, .posteriorSamples, .testPicture: 11
    case .residualHalves: 12
    case .residualMasks: 13
    case .residualValidation: 14
    case .residualOrder: 15
    case .residualMirrors: 16
    case .hyperNetworkValidation: 17
    case .refinementHeldOut: 18
    case .cellSamples: 40
    case .gridStart: 50
    case .gridOrder: 51
    case .gridBatch: 52
    case .gridValidation: 53
    case .gridSamples: 54
    case .evidenceHeldOut: 55
    case .surfacePoints: 60
    case .shapePoints: 61
    case .shapeComparison: 62
    }
  }
}
