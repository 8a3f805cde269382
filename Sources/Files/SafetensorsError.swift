/// Why bytes are not a usable safetensors file; one line for the user.
public struct SafetensorsError: Error, CustomStringConvertible, Equatable {
  /// The file, for the message.
  public let path: String
  /// What is wrong, with expected and actual.
  public let problem: String

  /// An error about a file.
  public init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  /// The message.
  public var description: String {
    "'\(path)' is not a usable model: \(problem). Pass a .safetensors file written by this program."
  }
}
