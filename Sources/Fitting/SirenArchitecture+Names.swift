import Fields
import Files

extension SirenArchitecture {
  /// The architecture given by the notebook's names and the arrays' shapes, with omega 30; nil if there is none.
  init?(namesOf archive: SafetensorsArchive) {
    var last = 0
    while archive["net.\(last).linear.weight"] != nil { last += 1 }
    guard let first = archive["net.0.linear.weight"], first.shape.count == 2,
      let output = archive["net.\(last).weight"], output.shape.count == 2
    else { return nil }
    self.init(
      coordinates: first.shape[1], hiddenWidth: first.shape[0], hiddenLayers: last - 1,
      outputs: output.shape[0])
  }
}
