import Fields
import Fitting

/// Why a signal cannot be fitted as asked; one line for the user.
public enum FitPipelineError: Error, CustomStringConvertible, Equatable {
  /// A sound cannot be resized.
  case resizedSound(path: String)
  /// As many numbers of cells as the signal has axes are needed.
  case otherAxes(cells: [Int], signal: String, axes: Int)
  /// One network was asked for, the model to start from is a grid.
  case startIsGrid(path: String)
  /// The model to start from is of another signal.
  case otherStart(path: String, actual: String, expected: String)
  /// Only grids write checkpoints.
  case noCheckpoint
  /// An interrupted fit would be lost.
  case interruptedFitExists(checkpoint: String)

  /// Whether the options are wrong, rather than a file.
  public var isUsage: Bool {
    switch self {
    case .resizedSound, .otherAxes, .startIsGrid, .noCheckpoint: true
    case .otherStart, .interruptedFitExists: false
    }
  }

  /// The message.
  public var description: String {
    switch self {
    case .resizedSound(let path): "--resize is for pictures, '\(path)' is a sound"
    case .otherAxes(let cells, let signal, let axes):
      "--cells is \(cells.map(String.init).joined(separator: "x")), a \(signal) has \(axes) axes"
    case .startIsGrid(let path):
      "'\(path)' is a grid; leave out --recipe notebook and --cells 1"
    case .otherStart(let path, let actual, let expected):
      "'\(path)' maps \(actual), \(expected)"
    case .noCheckpoint:
      "--resume goes on with a grid of networks; go on with one network by --init MODEL"
    case .interruptedFitExists(let checkpoint):
      "'\(checkpoint)' is of a fit that was interrupted; go on with --resume, or pass --force to start anew"
    }
  }
}
