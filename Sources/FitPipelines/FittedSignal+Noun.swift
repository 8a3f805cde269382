import Fitting

extension FittedSignal {
  /// The kind of signal as a noun.
  var noun: String {
    switch self {
    case .image: "picture"
    case .audio: "sound"
    case .video: "clip"
    case .shape: "shape"
    }
  }
}
