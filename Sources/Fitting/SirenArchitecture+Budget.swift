import Fields

extension SirenArchitecture {
  /// The widest network of this depth that is no wider than this one and within a budget, and where the width of 1 is
  /// too much, the deepest one of that width.
  ///
  /// - Parameters:
  ///   - parameters: the most parameters of all copies.
  ///   - copies: the number of such networks.
  ///   - keepingWidth: whether the width must stay.
  ///   - keepingDepth: whether the number of layers must stay.
  /// - Throws: ``FitError/fewParameters(_:least:)`` if no such network is within the budget.
  package func narrowed(
    to parameters: Int, copies: Int = 1, keepingWidth: Bool = false, keepingDepth: Bool = false
  ) throws -> SirenArchitecture {
    var network = self
    let total = { (network: SirenArchitecture) in
      // Sizes come from options and files, so a product may be beyond every number.
      let (product, isTooMuch) = network.parameterCount.multipliedReportingOverflow(by: copies)
      return isTooMuch ? Int.max : product
    }
    while total(network) > parameters {
      if !keepingWidth, network.hiddenWidth > 1 {
        network.hiddenWidth -= 1
      } else if !keepingDepth, network.hiddenLayers > 0 {
        network.hiddenLayers -= 1
      } else {
        throw FitError.fewParameters(parameters, least: total(network))
      }
    }
    return network
  }
}
