/// About how many windows are cut of each split, for priors of windows.
enum WindowCounts {
  /// To learn from.
  static let training = 20_000
  /// To validate with.
  static let validation = 256
  /// To evaluate on, unless another limit is given.
  static let test = 200
}
