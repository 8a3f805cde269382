/// An error of a command, which decides the exit code.
public enum CommandFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The command line is invalid: exit code 2.
  case usage(String)
  /// A file or its content prevents success: exit code 1.
  case data(String)

  /// The message, without a leading "Error:".
  public var description: String {
    switch self {
    case .usage(let message), .data(let message): message
    }
  }

  /// 2 for usage, 1 for data.
  public var exitCode: Int32 {
    switch self {
    case .usage: 2
    case .data: 1
    }
  }
}
