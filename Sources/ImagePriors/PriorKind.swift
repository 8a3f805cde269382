/// What a prior is made of.
public enum PriorKind: Sendable, Equatable {
  /// In closed form: numbers of components, of functions and of kept codes, whether mirrored
  /// pictures count as pictures, and the residual network, if there is one.
  case subspace(
    components: Int, functions: Int, codes: Int, mirrors: Bool, residual: ResidualNetworkSummary?)
  /// Trained: its encoder, its head, and the network that it generates, given by the width and the number
  /// of its sine layers.
  case hypernetwork(encoder: String, head: String, fieldWidth: Int, fieldLayers: Int)
}

/// A network that corrects a closed form.
public struct ResidualNetworkSummary: Sendable, Equatable {
  /// How many parameters it has.
  public let parameters: Int
  /// The effective number of neighbours whose prediction it is shown; nil if it is shown none.
  public let neighbours: Int?

  /// A summary of its two numbers.
  public init(parameters: Int, neighbours: Int?) {
    self.parameters = parameters
    self.neighbours = neighbours
  }
}
