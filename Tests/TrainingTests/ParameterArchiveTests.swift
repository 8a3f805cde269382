import DifferentiableCore
import Files
import Testing
import Training

/// Parameters that are read from a file which anybody may have written.
@Suite("Parameters in files") struct ParameterArchiveTests {
  private struct Refused: Error { let reason: String }

  private func read(
    _ layout: ParameterLayout, _ arrays: [SafetensorsArchive.Array]
  ) throws -> Parameters {
    try Parameters(
      layout: layout, archive: SafetensorsArchive(metadata: [:], arrays: arrays), prefix: "a."
    ) { Refused(reason: $0) }
  }

  @Test("Parameters are read in the order of the layout")
  func order() throws {
    var layout = ParameterLayout()
    layout.append("w", [2, 1])
    layout.append("b", [1])
    let parameters = try read(
      layout,
      [
        .init(name: "a.b", shape: [1], values: [3]),
        .init(name: "a.w", shape: [2, 1], values: [1, 2]),
      ])
    #expect(parameters.values == [1, 2, 3])
  }

  /// Such memory was reserved before the shapes were compared, which ended the program.
  @Test("A shape that a configuration claims takes no more memory than the file's arrays")
  func claimedShapes() {
    var layout = ParameterLayout()
    layout.append("w", [1 << 30, 1 << 20])
    let error = #expect(throws: Refused.self) {
      try read(layout, [.init(name: "a.w", shape: [1], values: [1])])
    }
    #expect(error?.reason == "'a.w' has shape [1], expected [1073741824, 1048576]")
  }
}
