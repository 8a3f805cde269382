import BrowserTestSupport
import Fields
import Fitting
import Foundation
import LivePages
import Numerics
import PriorTestSupport
import Signals
import TestSupport
import Testing

/// Fields whose pages are compared with what the program renders.
enum PageField: String, CaseIterable, Sendable {
  case siren, grid, weightedWindows, prior

  /// The field with the picture that it draws.
  func model() throws -> FieldModel {
    var random = Xoshiro256(seed: 5)
    switch self {
    case .siren:
      let shape = SirenArchitecture(hiddenWidth: 22, hiddenLayers: 2, outputs: 3, omegaFirst: 20)
      return FieldModel(
        field: Siren(shape, random: &random), architecture: shape,
        signal: .image(width: 60, height: 44, channels: 3), metadata: [:])
    case .grid:
      // Cells of fractions of pixels, and overlaps of several pixels.
      let grid = CellGrid([
        CellAxis(samples: 44, cells: 3, overlap: 3), CellAxis(samples: 61, cells: 4, overlap: 2.5),
      ])
      let shape = SirenArchitecture(hiddenWidth: 10, hiddenLayers: 1, outputs: 1, omegaFirst: 9)
      return FieldModel(
        field: SirenGrid(grid, shape, seed: 3), architecture: shape,
        signal: .image(width: 61, height: 44, channels: 1), metadata: [:])
    case .weightedWindows:
      let axis = { (samples: Int, starts: [Int]) throws -> CellAxis in
        try #require(CellAxis(samples: samples, starts: starts, size: 16))
      }
      let grid = CellGrid([try axis(40, [0, 9, 24]), try axis(50, [0, 8, 16, 23, 34])])
      let shape = SirenArchitecture(hiddenWidth: 9, hiddenLayers: 0, outputs: 3, omegaFirst: 8)
      let start = SirenGrid(grid, shape, seed: 4)
      let weights = (0..<grid.count).map { Float($0 % 4) + 0.5 }
      return FieldModel(
        field: try #require(
          SirenGrid(grid, shape, parameters: start.parameters, cellWeights: weights)),
        architecture: shape, signal: .image(width: 50, height: 40, channels: 3), metadata: [:])
    case .prior:
      let prior = try LearnedPrior.prior.get()
      let points = PixelObservations(
        channels: 3, positions: [1, 1, 5, 2, 3, 6],
        values: [0.2, 0.4, 0.9, 0.8, 0.5, 0.1, 0.3, 0.7, 0.6])
      let field = try prior.field(explaining: points, width: 8, height: 8)
      return FieldModel(
        field: field, architecture: field.architecture,
        signal: .image(width: 48, height: 48, channels: 3), metadata: [:])
    }
  }
}

/// What a page of a field draws, against the program's own rendering.
@Suite(.serialized, .enabled(if: Browser.location != nil, Browser.reason))
struct FieldPageTests {
  private func written(
    _ model: FieldModel, _ folder: TemporaryFolder, title: String = "field",
    precision: PagePrecision = .full, reference: FieldPage.Reference? = nil
  ) throws -> String {
    let path = folder.file("page.html")
    try FieldPage(model, title: title, precision: precision, reference: reference).page()
      .write(to: path, overwrite: true)
    return path
  }

  /// The largest difference of a page's picture from the program's, in steps of 8 bits.
  private func difference(
    _ browser: Browser, _ model: FieldModel, _ quantity: FieldQuantity, width: Int, height: Int
  ) throws -> Int {
    let bytes = try browser.bytes("livePage.pixels(\(width), \(height), '\(quantity.rawValue)')")
    let view = FieldRenderer.View(width: width, height: height)
    let rendering = FieldRenderer.render(quantity, of: model.field, view)
    try #require(bytes.count == 4 * width * height)
    var largest = 0
    for pixel in 0..<width * height {
      for part in 0..<3 {
        let channel = rendering.channels == 1 ? 0 : part
        let truth = Int(rendering.samples[pixel * rendering.channels + channel])
        largest = max(largest, abs(Int(bytes[4 * pixel + part]) - truth))
      }
    }
    return largest
  }

  @Test(arguments: PageField.allCases) func pixelsEqualTheRendering(_ field: PageField) throws {
    let folder = try TemporaryFolder()
    let model = try field.model()
    let browser = try Browser(opening: try written(model, folder))
    // Software adapters are left to those who ask for them: WebGL is faster there.
    #expect(try browser.evaluate("livePage.engine") as? String == "WebGL 2")
    try expectRendering(browser, model)
  }

  private func expectRendering(_ browser: Browser, _ model: FieldModel) throws {
    guard case .image(let width, let height, _)? = model.signal else { return }
    #expect(try difference(browser, model, .value, width: width, height: height) <= 1)
    // Between the pixels.
    #expect(try difference(browser, model, .value, width: 97, height: 71) <= 1)
    // A hundredth of the range is 2.55 steps.
    for quantity in [FieldQuantity.x, .y, .magnitude, .laplacian] {
      let largest = try difference(browser, model, quantity, width: width, height: height)
      #expect(largest <= 2, "\(quantity)")
    }
    try browser.waitUntilComplete()
    #expect(browser.problems == [])
  }

  @Test(
    .enabled(if: Browser.hasWebGPU, Browser.reasonWithoutWebGPU),
    arguments: [PageField.siren, .grid, .weightedWindows])
  func webGPUDrawsTheSame(_ field: PageField) throws {
    let folder = try TemporaryFolder()
    let model = try field.model()
    let browser = try Browser(
      opening: try written(model, folder), fragment: "webgpu", offersWebGPU: true)
    #expect(try browser.evaluate("livePage.engine") as? String == "WebGPU")
    try expectRendering(browser, model)
    // The canvas shows it too, and the readout says by what.
    let zoom = try browser.evaluate("document.querySelector('.readout.zoom').textContent")
    #expect((zoom as? String)?.hasSuffix("WebGPU") == true)
    try expectOnScreen(browser, model)
  }

  @Test func withoutAnAdapterWebGLDraws() throws {
    let folder = try TemporaryFolder()
    let model = try PageField.siren.model()
    let browser = try Browser(opening: try written(model, folder), fragment: "webgpu")
    try browser.waitUntilComplete()
    #expect(try browser.evaluate("livePage.engine") as? String == "WebGL 2")
    #expect(
      try browser.evaluate("document.querySelector('.badge').textContent") as? String
        == "No WebGPU: drawn by WebGL 2")
    #expect(browser.problems == [])
  }

  @Test func colourWheelEqualsTheRendering() throws {
    let folder = try TemporaryFolder()
    let model = try PageField.siren.model()
    let browser = try Browser(opening: try written(model, folder), fragment: "webgl")
    for quantity in [FieldQuantity.gradient, .direction] {
      // The hue of a vanishing gradient is that of rounding, so few pixels may differ.
      let bytes = try browser.bytes("livePage.pixels(60, 44, '\(quantity.rawValue)')")
      let truth = FieldRenderer.render(
        quantity, of: model.field, FieldRenderer.View(width: 60, height: 44))
      let wrong = (0..<60 * 44 * 3).filter {
        abs(Int(bytes[$0 / 3 * 4 + $0 % 3]) - Int(truth.samples[$0])) > 2
      }
      #expect(wrong.count <= 60 * 44 * 3 / 200, "\(quantity): \(wrong.count)")
    }
  }

  @Test(arguments: [PageField.siren, .grid, .weightedWindows])
  func theProcessorDrawsTheSame(_ field: PageField) throws {
    let folder = try TemporaryFolder()
    let model = try field.model()
    let browser = try Browser(opening: try written(model, folder), fragment: "cpu")
    #expect(try browser.evaluate("livePage.engine") as? String == "JavaScript")
    #expect(
      try browser.evaluate("document.querySelector('.badge').textContent") as? String
        == "No WebGL 2: drawn slowly")
    guard case .image(let width, let height, _)? = model.signal else { return }
    for quantity in [FieldQuantity.value, .x, .y, .laplacian] {
      let largest = try difference(browser, model, quantity, width: width, height: height)
      #expect(largest <= 1, "\(quantity)")
    }
    try browser.waitUntilComplete()
    #expect(browser.problems == [])
  }

  @Test func halfOfTheBitsAreAsGood() throws {
    let folder = try TemporaryFolder()
    let model = try PageField.grid.model()
    let browser = try Browser(opening: try written(model, folder, precision: .half))
    #expect(try difference(browser, model, .value, width: 61, height: 44) <= 1)
  }

  @Test func panAndZoomMoveThePicture() throws {
    let folder = try TemporaryFolder()
    let model = try PageField.grid.model()
    let browser = try Browser(opening: try written(model, folder), size: (640, 480))
    try browser.waitUntilComplete()
    let start = try browser.numbers("livePage.view.centre")
    #expect(start == [30, 21.5])
    let scale = try browser.number("livePage.view.scale")

    // The wheel keeps the place under the pointer.
    try browser.pointer("mouseMoved", 200, 160)
    let inStage =
      "(r => [200 - r.left, 160 - r.top])(document.querySelector('canvas').getBoundingClientRect())"
    let before = try browser.numbers("livePage.view.place(\(inStage))")
    try browser.pointer("mouseWheel", 200, 160, wheel: -900)
    try browser.wait(for: "livePage.view.scale > \(scale * 2)")
    let after = try browser.numbers("livePage.view.place(\(inStage))")
    #expect(zip(before, after).allSatisfy { abs($0 - $1) < 1e-9 })

    // Keys and dragging move by what they say.
    let middle = try browser.numbers("livePage.view.centre")
    let zoomed = try browser.number("livePage.view.scale")
    try browser.press("ArrowRight")
    let moved = try browser.numbers("livePage.view.centre")
    let step = try browser.number("0.1 * Math.min(...livePage.view.size)") / zoomed
    #expect(abs(moved[0] - middle[0] - step) < 1e-9 && moved[1] == middle[1])
    try browser.pointer("mousePressed", 300, 200)
    try browser.pointer("mouseMoved", 260, 215)
    try browser.pointer("mouseReleased", 260, 215)
    let dragged = try browser.numbers("livePage.view.centre")
    #expect(abs(dragged[0] - moved[0] - 40 / zoomed) < 1e-9)
    #expect(abs(dragged[1] - moved[1] + 15 / zoomed) < 1e-9)

    try expectOnScreen(browser, model)
    try browser.press("0")
    #expect(try browser.numbers("livePage.view.centre") == start)
    #expect(browser.problems == [])
  }

  /// The screen shows the field at its places.
  private func expectOnScreen(_ browser: Browser, _ model: FieldModel) throws {
    guard case .image(let width, let height, _)? = model.signal else { return }
    try browser.waitUntilComplete()
    let shown = try ImageFile.decode(browser.screenshot(), path: "screenshot")
    for (x, y) in [(150, 150), (320, 240), (500, 300)] {
      let place = try browser.numbers(
        "(r => livePage.view.place([\(x) - r.left, \(y) - r.top]))"
          + "(document.querySelector('canvas').getBoundingClientRect())")
      let (right, below) = (Double(width - 1), Double(height - 1))
      guard (0...right).contains(place[0]), (0...below).contains(place[1]) else { continue }
      let coordinates = [Float(2 * place[1] / below - 1), Float(2 * place[0] / right - 1)]
      let value = model.field.evaluate(at: coordinates, derivatives: .none).value[0]
      let expected = min(1, max(0, 0.5 * value + 0.5))
      #expect(abs(shown[y, x, 0] - expected) < 2.5 / 255, "(\(x), \(y)) at \(place)")
    }
  }

  @Test func aBrowsersRemarkIsNoProblem() {
    #expect(
      Browser.isHarmless(
        "[.WebGL-0x2064001ee000]GL Driver Message (OpenGL, Performance, GL_CLOSE_PATH_NV, High): "
          + "GPU stall due to ReadPixels"))
    #expect(Browser.isHarmless("No available adapters."))
    #expect(!Browser.isHarmless("WebGL: INVALID_OPERATION: readPixels: no framebuffer"))
    #expect(
      !Browser.isHarmless("[.WebGL-0x2]GL Driver Message (OpenGL, Error, 1, High): wrong"))
  }

  @Test func nothingLeavesThePage() throws {
    let folder = try TemporaryFolder()
    let model = try PageField.siren.model()
    let path = try written(
      model, folder, title: "</script><b>\"&",
      reference: try FieldPage.Reference(path: try picture(in: folder)))
    let browser = try Browser(opening: path, isDark: true)
    try browser.waitUntilComplete()
    for key in ["g", "l", "v", "c", "b", "?"] { try browser.press(key) }
    try browser.waitUntilComplete()
    #expect(
      try browser.evaluate("document.querySelector('h1').textContent") as? String
        == "</script><b>\"&")
    #expect(browser.problems == [])
    #expect(browser.requests.filter { !$0.hasPrefix("file:///") && !$0.hasPrefix("blob:") } == [])
    #expect(browser.requests.filter { $0.hasPrefix("file:") }.count == 1)
    // The policy would stop a script that tried.
    let outcome = try browser.evaluate(
      "fetch('http://127.0.0.1:9/').then(() => 'sent', error => error.name)")
    #expect(outcome as? String == "TypeError")
    #expect(browser.problems.contains { $0.contains("Content Security Policy") })
  }

  private func picture(in folder: TemporaryFolder) throws -> String {
    var image = Image(width: 60, height: 44, channels: 3)
    for index in image.values.indices { image.values[index] = Float(index % 60) / 60 }
    try ImageFile.writePNG(image, to: folder.file("truth.png"), overwrite: false)
    return folder.file("truth.png")
  }

  @Test func comparesWithTheTrainingPicture() throws {
    let folder = try TemporaryFolder()
    let model = try PageField.siren.model()
    let truth = try picture(in: folder)
    let path = try written(model, folder, reference: try FieldPage.Reference(path: truth))
    let browser = try Browser(opening: path)
    try browser.waitUntilComplete()
    try browser.press("c")
    try browser.waitUntilComplete()
    Thread.sleep(forTimeInterval: 0.3)
    let shown = try ImageFile.decode(browser.screenshot(), path: "screenshot")
    let (x, y) = (650, 300)
    let place = try browser.numbers(
      "(r => livePage.view.place([\(x) - r.left, \(y) - r.top]))"
        + "(document.querySelector('canvas').getBoundingClientRect())")
    let expected = try ImageFile.read(truth)
    let (row, column) = (Int(place[1].rounded()), Int(place[0].rounded()))
    for channel in 0..<3 {
      #expect(abs(shown[y, x, channel] - expected[row, column, channel]) < 1.5 / 255)
    }
  }

  @Test(arguments: ["", "cpu"]) func soundEqualsTheRendering(fragment: String) throws {
    let folder = try TemporaryFolder()
    let grid = CellGrid([CellAxis(samples: 3_000, cells: 7, overlap: 20)])
    let shape = SirenArchitecture(
      coordinates: 1, hiddenWidth: 14, hiddenLayers: 1, outputs: 1, omegaFirst: 60)
    let field = SirenGrid(grid, shape, seed: 8)
    let model = FieldModel(
      field: field, architecture: shape,
      signal: .audio(sampleRate: 8_000, frames: 3_000, channels: 1, peak: 0.7), metadata: [:])
    let browser = try Browser(opening: try written(model, folder), fragment: fragment)
    try browser.waitUntilComplete()
    let found = try browser.numbers("livePage.samples(0, 3000)")
    let truth = FieldRenderer.sound(
      of: field,
      FieldRenderer.Timing(original: 3_000, originalRate: 8_000, sampleRate: 8_000, frames: 3_000),
      peak: 0.7)
    try #require(found.count == truth.samples.count)
    let largest = zip(found, truth.samples).map { abs($0 - Double($1)) }.max() ?? 1
    #expect(largest < 1e-4)
    // It plays to its end and returns to its start, and a click goes to a time.
    try browser.press(" ")
    try browser.wait(for: "livePage.position() > 0.02")
    try browser.wait(for: "livePage.position() === 0")
    try browser.evaluate("livePage.seek(0.25)")
    #expect(try browser.number("livePage.position()") == 0.25)
    #expect(browser.problems == [])
  }

  @Test func clipShowsItsFrames() throws { try showFrames() }

  @Test(.enabled(if: Browser.hasWebGPU, Browser.reasonWithoutWebGPU))
  func webGPUShowsTheFrames() throws { try showFrames(fragment: "webgpu") }

  private func showFrames(fragment: String = "") throws {
    let folder = try TemporaryFolder()
    let grid = CellGrid([
      CellAxis(samples: 9, cells: 2, overlap: 1), CellAxis(samples: 24, cells: 2, overlap: 1),
      CellAxis(samples: 30, cells: 2, overlap: 1),
    ])
    let shape = SirenArchitecture(
      coordinates: 3, hiddenWidth: 12, hiddenLayers: 1, outputs: 3, omegaFirst: 6)
    let field = SirenGrid(grid, shape, seed: 8)
    let model = FieldModel(
      field: field, architecture: shape,
      signal: .video(width: 30, height: 24, channels: 3, frames: 9, rate: 5), metadata: [:])
    let browser = try Browser(
      opening: try written(model, folder), fragment: fragment, offersWebGPU: fragment == "webgpu")
    try browser.waitUntilComplete()
    for (frame, quantities) in [
      (0.0, [FieldQuantity.value, .x, .laplacian]), (3.5, [.value]), (8.0, [.value]),
    ] {
      let slice = FieldSlice(field, at: FieldRenderer.time(ofFrame: frame, of: 9))
      let view = FieldRenderer.View(width: 30, height: 24)
      try browser.evaluate("livePage.state.frame = \(frame)")
      for quantity in quantities {
        let truth = FieldRenderer.render(quantity, of: slice, view)
        let bytes = try browser.bytes("livePage.pixels(30, 24, '\(quantity.rawValue)')")
        let largest = (0..<30 * 24 * 3).map {
          abs(Int(bytes[$0 / 3 * 4 + $0 % 3]) - Int(truth.samples[$0]))
        }.max()
        #expect(try #require(largest) <= (quantity == .value ? 1 : 2), "\(quantity) at \(frame)")
      }
    }
    try browser.evaluate("livePage.state.frame = 0")
    try browser.press(" ")
    try browser.wait(for: "livePage.state.frame > 0.2")
    #expect(browser.problems == [])
  }

  @Test(arguments: ["webgl", "cpu"]) func shapeIsTracedAndTurned(fragment: String) throws {
    try traceAndTurn(fragment: fragment)
  }

  @Test(.enabled(if: Browser.hasWebGPU, Browser.reasonWithoutWebGPU))
  func webGPUTracesTheShape() throws { try traceAndTurn(fragment: "webgpu") }

  private func traceAndTurn(fragment: String) throws {
    let folder = try TemporaryFolder()
    let model = try ball()
    let browser = try Browser(
      opening: try written(model, folder), fragment: fragment, size: (240, 280),
      offersWebGPU: fragment == "webgpu")
    try browser.waitUntilComplete()
    try browser.evaluate("livePage.state.look = 1; livePage.changed()")
    let size = try browser.numbers(
      "(c => [c.width, c.height])(document.querySelector('canvas'))")
    let middle = "\(size[0] / 2 - 0.5), \(size[1] / 2 - 0.5)"
    let colour = { try browser.numbers("livePage.colour(\(middle))").map { 2 * $0 - 1 } }
    // In the middle the normal points to the eye.
    let normal = try colour()
    let (turn, tilt) = (0.6, 0.35)
    let eye = [sin(turn) * cos(tilt), sin(tilt), cos(turn) * cos(tilt)]
    #expect(zip(normal, eye).allSatisfy { abs($0 - $1) < 0.02 }, "\(normal) for \(eye)")
    // A turn by hand moves the eye around the vertical axis.
    try browser.evaluate("document.querySelector('canvas').focus()")
    try browser.press("ArrowRight")
    let turned = try colour()
    let moved = [sin(turn - 0.12) * cos(tilt), sin(tilt), cos(turn - 0.12) * cos(tilt)]
    #expect(zip(turned, moved).allSatisfy { abs($0 - $1) < 0.02 }, "\(turned) for \(moved)")
    // The ball's outline: a ray at its radius just misses.
    let paper = try browser.numbers("livePage.colour(2, 2)")
    let scale = min(size[0], size[1]) / (2 * tan(0.35))
    let outline = scale * tan(asin(0.5 / 4))
    let edge = { (factor: Double) in
      try browser.numbers(
        "livePage.colour(\(size[0] / 2 - 0.5 + factor * outline), \(size[1] / 2 - 0.5))")
    }
    #expect(try edge(1.06) == paper)
    #expect(try edge(0.94) != paper)
    try browser.waitUntilComplete()
    #expect(browser.problems == [])
  }

  /// A lower bound of the distance from a ball of radius 0.5: sums of cosines are nearly squares.
  private func ball() throws -> FieldModel {
    let shape = SirenArchitecture(
      coordinates: 3, hiddenWidth: 3, hiddenLayers: 0, outputs: 1, omegaFirst: 1)
    let rate: Float = 0.05
    // 0.4 (|p|^2 - 0.25), which is below the distance everywhere between -1 and 1.
    let factor = -0.8 / (rate * rate)
    let weights: [Float] = [rate, 0, 0, 0, rate, 0, 0, 0, rate]
    let biases = [Float](repeating: .pi / 2, count: 3)
    let values = weights + biases + [factor, factor, factor] + [-3 * factor - 0.1]
    var random = Xoshiro256(seed: 1)
    var parameters = Siren(shape, random: &random).parameters
    parameters.values = values
    return FieldModel(
      field: try #require(Siren(shape, parameters: parameters)), architecture: shape, signal: nil,
      metadata: ["quantity": "signed distance"])
  }
}
