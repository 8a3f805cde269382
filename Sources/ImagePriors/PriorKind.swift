/// The kind of a prior with its sizes.
public enum PriorKind: Sendable, Equatable {
  /// A subspace prior.
  ///
  /// The values are the numbers of components, of functions and of training pictures' codes, whether mirrored
  /// pictures are equally likely, and the residual network if there is one.
  case subspace(
    components: Int, functions: Int, codes: Int, mirrors: Bool, residual: ResidualNetworkSummary?)
  /// A hypernetwork prior: its encoder, its head, and the width and number of the sine layers that it
  /// generates.
  case hypernetwork(encoder: String, head: String, fieldWidth: Int, fieldLayers: Int)
  /// A simple method in the place of a prior.
  case interpolation(String)
  /// A grid prior: the channels of its network's levels, and the side of a cell in pixels.
  case grid(widths: [Int], cell: Int)
}

/// The size of a residual network.
public struct ResidualNetworkSummary: Sendable, Equatable {
  /// The number of parameters.
  public let parameters: Int
  /// The effective number of nearest training pictures in its first estimate; nil if it has none.
  public let neighbours: Int?

  /// A summary of its two numbers.
  public init(parameters: Int, neighbours: Int?) {
    self.parameters = parameters
    self.neighbours = neighbours
  }
}
