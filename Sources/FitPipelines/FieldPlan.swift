import Fields
import Fitting

/// Which kind of field a signal is fitted with, and why.
public struct FieldPlan: Sendable, Equatable {
  /// The kind.
  public enum Kind: Sendable, Equatable {
    /// One network.
    case network(SirenArchitecture)
    /// A grid of networks.
    case grid(GridShape)
  }

  /// Why the kind was chosen.
  public enum Reason: Sendable, Equatable {
    /// The options ask for it.
    case asked
    /// The recipe has one network.
    case recipe
    /// The model to start from is of this kind.
    case start
    /// The signal is large enough for several cells.
    case large
    /// The signal is too small for several cells.
    case small
    /// Grids are fitted with Adam alone.
    case optimizer
  }

  /// The kind.
  public var kind: Kind
  /// Why.
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
      case .asked: "as the options ask"
      case .recipe: "as the recipe says"
      case .start: "as in the model to start from"
      case .large: "the \(signal.noun) is large"
      case .small: "the \(signal.noun) is small"
      case .optimizer: "grids are fitted with adam alone"
      }
    return "\(what), \(parameterCount) parameters: \(why)"
  }
}

extension FittedSignal {
  /// The kind of signal in a word.
  var noun: String {
    switch self {
    case .image: "picture"
    case .audio: "sound"
    case .video: "clip"
    }
  }
}
