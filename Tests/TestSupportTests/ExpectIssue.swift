import Testing

/// Expects a body to record issues whose messages contain a text, and no others.
///
/// An issue with another message isn't the known one and fails the test, as does none.
func expectIssue(
  containing text: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () -> Void
) {
  withKnownIssue(sourceLocation: sourceLocation) {
    body()
  } matching: { issue in
    issue.comments.contains { $0.rawValue.contains(text) }
  }
}
