/// The approximate number of windows per split, for priors of windows.
enum WindowCounts {
  /// Windows for training.
  static let training = 20_000
  /// Windows for validation.
  static let validation = 256
  /// Windows for evaluation if no other limit is given.
  static let test = 200
}
