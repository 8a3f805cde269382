import Fields

extension SirenArchitecture {
  /// For a page, such as `3 sine layers of 192`.
  var sineLayersText: String { "\(hiddenLayers + 1) sine layers of \(hiddenWidth)" }
}
