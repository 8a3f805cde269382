/// Paths as a catalog stores them: relative, `/` between components, never leading upwards.
enum RelativePath {
  /// Whether a path stays inside the folder that it is relative to, by its text alone.
  ///
  /// Symbolic links are the other way out; `FolderReader` does not follow them.
  static func isSafe(_ path: String) -> Bool {
    guard !path.isEmpty, !path.utf8.contains(0) else { return false }
    return path.split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }
}
