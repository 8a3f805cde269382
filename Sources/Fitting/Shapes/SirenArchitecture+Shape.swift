import Fields

extension SirenArchitecture {
  /// The network with which a signed distance is fitted by default.
  ///
  /// - Parameter hiddenWidth: width of the sine layers; nil chooses 128.
  public static func shape(hiddenWidth: Int? = nil) -> SirenArchitecture {
    SirenArchitecture(
      coordinates: 3, hiddenWidth: hiddenWidth ?? 128, hiddenLayers: 2, outputs: 1)
  }
}
