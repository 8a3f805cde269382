/// How a signal is fitted.
public enum FitRecipe: String, Sendable, CaseIterable {
  /// A grid of networks, or one network for a small signal, at a learning rate that falls to 0.
  case standard = "default"
  /// One network, all points in every update, as the SIREN paper's notebook does it.
  case notebook
}
