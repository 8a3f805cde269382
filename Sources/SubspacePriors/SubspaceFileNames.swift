/// The names that a subspace prior's file uses; those of files from before the names were the standard terms
/// are still read.
struct SubspaceFileNames: Sendable {
  /// The value of `kind` in the metadata, which says which names a file uses.
  let kind: String
  /// The array of residual variances.
  let residualVariance: String
  /// The table of calibration entries.
  let calibration: String
  /// Before the names of the residual network's arrays.
  let residualNetworkPrefix: String
  /// The header's keys that differ from the current ones, with these.
  let headerKeys: [String: String]

  /// The names that are written.
  static let current = SubspaceFileNames(
    kind: "siren-hyper subspace prior", residualVariance: "residual_variance",
    calibration: "calibration", residualNetworkPrefix: "residual_network.", headerKeys: [:])

  /// The names of earlier files.
  static let earlier = SubspaceFileNames(
    kind: "siren-hyper component prior", residualVariance: "leftover", calibration: "settings",
    residualNetworkPrefix: "correction.",
    headerKeys: ["clusteringExponent": "fillDistanceExponent", "correction": "residualNetwork"])

  /// The names of a file of some kind; nil if it is no file of a subspace prior.
  static func ofKind(_ kind: String?) -> SubspaceFileNames? {
    [current, earlier].first { $0.kind == kind }
  }
}
