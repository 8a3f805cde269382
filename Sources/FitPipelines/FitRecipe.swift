/// The way in which a signal is fitted.
public enum FitRecipe: String, Sendable, CaseIterable {
  /// A grid of networks, or one network for a small signal, with a learning rate that decays to 0.
  case standard = "default"
  /// One network, with all points in every update, as in the SIREN paper's notebook.
  case notebook
}
