import ArgumentParser
import CommandSupport
import FitPipelines

/// The options of a grid's cells, for commands that fit a picture's differences.
struct CellOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Cells of the grid along rows and columns, such as 16x24; 1 fits one network (default: by the size of the \
      picture).
      """, valueName: "grid"))
  var cells: CellCounts?

  @Option(help: "Pixels on each side of a cell's border in which both cells count (default: 1).")
  var overlap: Double?

  func validate() throws {
    // Each difference must lie within a cell.
    if let overlap, !(1...4_096).contains(overlap) {
      throw ValidationError("--overlap is \(overlap), expected pixels, 1 to 4096.")
    }
  }
}

/// Cells along each axis on the command line: `16x24`, or one number.
struct CellCounts: ExpressibleByArgument, CustomStringConvertible {
  let counts: [Int]

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard (1...4).contains(numbers.count), numbers.count == parts.count,
      numbers.allSatisfy({ (1...65_536).contains($0) })
    else { return nil }
    counts = numbers
  }

  var description: String { counts.map(String.init).joined(separator: "x") }
}

/// Calls a function of the library whose usage errors are those of the command line.
func usage<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as FitPipelineError where error.isUsage {
    throw CommandFailure.usage("\(error)")
  }
}
