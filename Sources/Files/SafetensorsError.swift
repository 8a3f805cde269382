/// The reason why bytes are not a usable safetensors file, or why an archive cannot become one.
///
/// The description is one line.
public struct SafetensorsError: Error, CustomStringConvertible, Equatable {
  /// The file, for the message; empty for an archive that cannot be written.
  public let path: String
  /// The problem, with the expected and the actual value.
  public let problem: String

  /// An error about a file.
  public init(path: String, problem: String) {
    self.path = path
    // Names of arrays come from the file.
    self.problem = problem.onOneLine
  }

  /// The message.
  public var description: String {
    path.isEmpty
      ? "these arrays cannot be written as a model: \(problem)"
      : "'\(path.onOneLine)' is not a usable model: \(problem). Pass a .safetensors file written by "
        + "this program."
  }
}
