import Fields
import Fitting

/// The reason that a signal cannot be fitted as requested, as one line for the user.
public enum FitPipelineError: Error, CustomStringConvertible, Equatable {
  /// Only pictures can be resized.
  case resized(path: String, noun: String)
  /// Only files of pictures have pages.
  case noPages(path: String, noun: String)
  /// Only clips have frames.
  case noFrames(path: String)
  /// No clip has this number of frames per second.
  case frameRate(Double)
  /// The notebook has no recipe for clips.
  case clipByNotebook
  /// Clips are fitted with grids; the initial model is one network.
  case clipOfOneNetwork
  /// The number of cell counts differs from the number of axes of the signal.
  case otherAxes(cells: [Int], signal: String, axes: Int)
  /// One network was requested, but the initial model is a grid.
  case startIsGrid(path: String)
  /// The initial model belongs to another signal.
  case otherStart(path: String, actual: String, expected: String)
  /// A grid is asked for with a recipe of one network.
  case noGrid
  /// An overlap is asked for, but one network is fitted.
  case overlapOfOneNetwork
  /// An optimizer of one network is asked for where a grid is fitted, for the reason that the text names.
  case optimizerOfGrid(FitOptimizer, reason: String)
  /// A number of cells or parameters is asked for with a recipe that has its own network.
  case recipeHasNetwork
  /// A grid has more cells than the signal has samples along an axis.
  case manyCells([Int], most: [Int])
  /// The cells of a grid are too small.
  case smallCells([Int], most: [Int])
  /// The smallest field has more parameters than the budget.
  case fewParameters(Int, least: Int)
  /// One network needs the whole picture, of which this process holds a part.
  case dividedPicture(path: String, rows: Int)
  /// An interrupted fit would be lost.
  case interruptedFitExists(checkpoint: String)
  /// A folder or a device has the name under which the state is saved.
  case checkpointIsNoFile(checkpoint: String)

  /// Whether the options are wrong rather than a file.
  public var isUsage: Bool {
    switch self {
    case .resized, .noFrames, .noPages, .frameRate, .clipByNotebook, .clipOfOneNetwork, .otherAxes,
      .startIsGrid, .noGrid, .overlapOfOneNetwork, .optimizerOfGrid, .recipeHasNetwork, .manyCells,
      .smallCells, .fewParameters:
      true
    case .otherStart, .interruptedFitExists, .checkpointIsNoFile, .dividedPicture: false
    }
  }

  /// The message.
  public var description: String {
    switch self {
    case .resized(let path, let noun): "--resize is for pictures, '\(path)' is a \(noun)"
    case .noPages(let path, let noun): "--page is for pictures, '\(path)' is a \(noun)"
    case .noFrames(let path): "--frames is for clips, '\(path)' is not a clip"
    case .frameRate(let rate): "--fps is \(rate), expected 0.001 to 1000000"
    case .clipByNotebook: "--recipe notebook is for pictures and sounds; omit it for a clip"
    case .clipOfOneNetwork: "--init is one network, but a clip is fitted with a grid; omit --init"
    case .otherAxes(let cells, let signal, let axes):
      "--cells is \(cells.map(String.init).joined(separator: "x")), a \(signal) has \(axes) axes"
    case .startIsGrid(let path):
      "'\(path)' is a grid; omit --recipe notebook and --cells 1"
    case .otherStart(let path, let actual, let expected):
      "'\(path)' maps \(actual), \(expected)"
    case .manyCells(let cells, let most):
      "--cells is \(cells.map(String.init).joined(separator: "x")), expected at most "
        + "\(most.map(String.init).joined(separator: "x")), the samples along each axis"
    case .smallCells(let cells, let most):
      "--cells is \(cells.map(String.init).joined(separator: "x")), expected at most "
        + "\(most.map(String.init).joined(separator: "x")): a cell has at least 4 pixels along each axis"
    case .noGrid:
      "the recipe fits one network; leave out --cells and --overlap, or pass --recipe default"
    case .overlapOfOneNetwork:
      "--overlap is for the cells of a grid, but one network is fitted; omit --overlap, or choose a grid with --cells"
    case .optimizerOfGrid(let optimizer, let reason):
      "--optimizer \(optimizer.rawValue) fits one network, but \(reason); omit --optimizer"
    case .recipeHasNetwork:
      "--recipe notebook fits one network of its own size; omit --cells and --parameters, or the recipe"
    case .fewParameters(let parameters, let least):
      "--parameters is \(parameters), expected at least \(least), the parameters of the smallest field; fewer "
        + "--cells, or a smaller --width or --depth, need fewer"
    case .dividedPicture(let path, let rows):
      "'\(path)' was divided among processes, each with some of its \(rows) rows, but one network needs them all; "
        + "read it with the settings of this fit"
    case .interruptedFitExists(let checkpoint):
      "'\(checkpoint)' belongs to an interrupted fit; continue it with --resume, or pass --force to start "
        + "again"
    case .checkpointIsNoFile(let checkpoint):
      "the fit saves its state as '\(checkpoint)', which is a folder or a device; move it away, or "
        + "give the model another name with -o"
    }
  }
}
