import Fields
import Fitting

/// The kind of field chosen for a signal, and the reason.
public struct FieldPlan: Sendable, Equatable {
  /// The kinds of fields.
  public enum Kind: Sendable, Equatable {
    /// One network.
    case network(SirenArchitecture)
    /// A grid of networks.
    case grid(GridShape)
  }

  /// The reason for a kind.
  public enum Reason: Sendable, Equatable {
    /// The options request it.
    case asked
    /// The recipe uses one network.
    case recipe
    /// The initial model is of this kind.
    case start
    /// The signal is large enough for several cells.
    case large
    /// The signal is too small for several cells.
    case small
    /// Grids can be fitted only with Adam.
    case optimizer
    /// The signal is a distance from a surface, which one network learns.
    case distance
  }

  /// The kind of field.
  public var kind: Kind
  /// The reason for the kind.
  public var reason: Reason

  /// Number of parameters of the field.
  public var parameterCount: Int {
    switch kind {
    case .network(let architecture): architecture.parameterCount
    case .grid(let shape): shape.parameterCount
    }
  }

  /// The kind and the reason in one line, such as `a grid of 17x26 networks, 552,942 parameters: ...`.
  public func summary(of signal: FittedSignal) -> String {
    let what: String
    switch kind {
    case .network(let architecture):
      what = "one network of width \(architecture.hiddenWidth)"
    case .grid(let shape):
      what =
        "a grid of \(shape.cells.map(String.init).joined(separator: "x")) networks of width "
        + "\(shape.architecture.hiddenWidth)"
    }
    let why =
      switch reason {
      case .asked: "chosen by the options"
      case .recipe: "chosen by the recipe"
      case .start: "as in the initial model"
      case .large: "the \(signal.noun) is large"
      case .small: "the \(signal.noun) is small"
      case .optimizer: "only adam fits grids"
      case .distance: "the \(signal.noun) is a distance"
      }
    return "\(what), \(parameterCount) parameters: \(why)"
  }
}
