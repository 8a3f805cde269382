import Fields
import Fitting
import Foundation
import LivePages
import Numerics
import Signals
import TestSupport
import Testing

/// Pages as files, without a browser.
@Suite struct LivePageTests {
  private static let resources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/LivePages/Resources")

  private func model(_ shape: SirenArchitecture, signal: FittedSignal? = nil) -> FieldModel {
    var random = Xoshiro256(seed: 1)
    return FieldModel(
      field: Siren(shape, random: &random), architecture: shape, signal: signal, metadata: [:])
  }

  @Test func everyScriptIsEmbedded() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.resources.path)
    #expect(Set(names.filter { $0.hasSuffix(".js") }) == LivePage.moduleNames)
    #expect(Set(names.filter { !$0.hasSuffix(".js") }) == LivePage.sheetNames)
  }

  /// Names are unique over all modules, because a bundle puts them into one function.
  @Test func namesAreUnique() throws {
    for entry in ["picture-entry.js", "sound-entry.js", "shape-entry.js", "prior-page.js"] {
      let script = try LivePage.script(from: entry)
      #expect(!script.contains("\nimport ") && !script.contains("\nexport "))
      // A declaration of a module begins its line; those of functions were indented.
      for (file, text) in try modules() where script.contains("// \(file)\n") {
        for match in text.matches(
          of: /(?m)^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)/)
        {
          let name = String(match.1)
          let declaration = try Regex(
            "(?m)^(?:export )?(?:async )?(?:function\\*?|const|let|class) \(name)\\b")
          let others = try modules().filter { other, body in
            other != file && script.contains("// \(other)\n") && body.contains(declaration)
          }
          #expect(others.isEmpty, "\(name) of \(file) is also in \(others.keys)")
        }
      }
    }
  }

  private func modules() throws -> [String: String] {
    var result: [String: String] = [:]
    for name in LivePage.moduleNames {
      result[name] = try String(
        contentsOf: Self.resources.appendingPathComponent(name), encoding: .utf8)
    }
    return result
  }

  @Test func thePolicyNamesTheScript() throws {
    let shape = SirenArchitecture(hiddenWidth: 4, hiddenLayers: 1, outputs: 1)
    let html = try FieldPage(model(shape), title: "a<b>\"c\"&").page().html()
    #expect(html.contains("default-src 'none'; script-src 'sha256-"))
    #expect(html.contains("<title>a&lt;b&gt;&quot;c&quot;&amp;</title>"))
    #expect(html.contains("\"title\":\"a\\u003cb>"))
    #expect(!html.contains("http://") || html.range(of: "src=\"http") == nil)
    // Nothing is loaded by the markup.
    #expect(html.matches(of: /(?:src|href)="/).isEmpty)
  }

  /// A photograph of 768x512 in 560,000 parameters.
  @Test func aPhotographTakesLittle() throws {
    let grid = CellGrid([
      CellAxis(samples: 512, cells: 17, overlap: 1), CellAxis(samples: 768, cells: 26, overlap: 1),
    ])
    let shape = SirenArchitecture(hiddenWidth: 32, hiddenLayers: 1, outputs: 3, omegaFirst: 20)
    let field = SirenGrid(grid, shape, seed: 1)
    #expect(field.parameterCount > 550_000)
    let model = FieldModel(
      field: field, architecture: shape, signal: .image(width: 768, height: 512, channels: 3),
      metadata: [:])
    let size = try FieldPage(model, title: "photograph").page().html().utf8.count
    // Two bytes per parameter, and four characters per three bytes.
    #expect(size + (560_000 - field.parameterCount) * 8 / 3 <= 1_600_000)
  }

  @Test func packedNumbersAreNearlyExact() {
    var random = Xoshiro256(seed: 2)
    let values = (0..<1_000).map { _ in random.uniform(in: -3...3) as Float }
    let packed = PackedNumbers(values, blocks: [7, 30], .half)
    let integers = packed.numbers.withUnsafeBytes { Array($0.bindMemory(to: Int16.self)) }
    let factors = packed.factors.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
      .map { Float(bitPattern: UInt32($0) << 16) }
    #expect(integers.count == 1_000 && factors.count == 55)
    var (start, block) = (0, 0)
    while start < values.count {
      let end = min(values.count, start + [7, 30][block % 2])
      for index in start..<end {
        #expect(
          abs(Float(integers[index]) * factors[block] - values[index]) <= 0.51 * factors[block])
      }
      (start, block) = (end, block + 1)
    }
    #expect(PackedNumbers(values, blocks: [7], .full).numbers == PackedNumbers.bytes(values))
  }

  @Test func fieldsThatCannotBeShownAreRefused() throws {
    let four = SirenArchitecture(coordinates: 4, hiddenWidth: 4, hiddenLayers: 1, outputs: 1)
    let failure = #expect(throws: FieldPage.Failure.self) {
      try FieldPage(model(four), title: "")
    }
    #expect(
      failure?.description.hasPrefix(
        "the field maps 4 coordinates to 1 values; a page shows pictures")
        == true)
    let wide = SirenArchitecture(hiddenWidth: 600, hiddenLayers: 2, outputs: 1)
    #expect(throws: FieldPage.Failure.self) { try FieldPage(model(wide), title: "") }
    let sound = SirenArchitecture(coordinates: 1, hiddenWidth: 4, hiddenLayers: 1, outputs: 1)
    let picture = try FieldPage.Reference(Image(width: 2, height: 2, channels: 1))
    #expect(throws: FieldPage.Failure.self) {
      try FieldPage(model(sound), title: "", reference: picture)
    }
  }

  @Test func picturesThatBrowsersDoNotShowBecomePNG() throws {
    let folder = try TemporaryFolder()
    let image = Image(width: 3, height: 2, channels: 1)
    for name in ["a.tif", "a.png"] {
      try PictureFile.write(
        StoredPicture(image, as: PictureFormat(type: .unsigned16, channels: 1)),
        to: folder.file(name), overwrite: false)
      let reference = try FieldPage.Reference(path: folder.file(name))
      #expect(reference.type == "image/png")
      let stored = try PictureFile.decode([UInt8](reference.data), path: name)
      #expect(stored.format.type == .unsigned8)
    }
  }
}
