import Foundation
import Signals
import TestSupport
import Testing

/// `siren-hyper inpaint` with models whose channels are not the picture's.
@Suite(.serialized) struct ChannelTests {
  private let folder: TemporaryFolder
  private let grey: String
  private let colour: String

  init() throws {
    folder = try TemporaryFolder()
    (grey, colour) = (folder.file("grey.safetensors"), folder.file("colour.safetensors"))
    let data = try Program.faces(60, in: folder)
    for options in [
      ["--channels", "1", "--prior", "hypernetwork", "--steps", "2", "--batch", "4", "-o", grey],
      ["--no-residual", "-o", colour],
    ] {
      let trained = try Program.hyper.run(
        ["train", "--dataset", data, "--size", "16", "--quiet"] + options)
      try #require(trained.exitCode == 0, "\(trained.errors)")
    }
  }

  private func inpaint(_ arguments: String...) throws -> [String: Any] {
    let outcome = try Program.hyper.run(["inpaint", "--json"] + arguments, in: folder.path)
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test func theErrorIsThatOfTheWrittenFileInItsOwnChannels() throws {
    for (channels, model) in [(3, grey), (1, colour)] {
      let picture = Image.pattern(width: 16, height: 16, channels: channels)
      try ImageFile.writePNG(picture, to: folder.file("in.png"), overwrite: true)
      let result = try inpaint(
        "in.png", "out.png", "--keep", "64", "--model", model, "--force")
      let written = try ImageFile.read(folder.file("out.png"))
      #expect(written.channels == channels)
      let error = try #require(result["mse"] as? Double)
      // The file has 8 bits.
      #expect(abs(error - Quality.meanSquaredError(written, picture)) < 1e-3)
      let kept = (0..<256).filter { pixel in
        let values = channels * pixel..<channels * (pixel + 1)
        return written.values[values] == picture.values[values]
      }
      #expect(kept.count >= 64)
    }
  }

  @Test func aTableOfColoursOverAGreyPictureIsTakenInGrey() throws {
    let picture = Image.pattern(width: 16, height: 16, channels: 1)
    try ImageFile.writePNG(picture, to: folder.file("g.png"), overwrite: false)
    try folder.write("x,y,r,g,b\n2,1,83,64,74\n9,12,200,10,60\n", to: "rgb.csv")
    let outcome = try Program.hyper.run(
      [
        "inpaint", "g.png", "o.png", "--points", "rgb.csv", "--truth", "g.png", "--model", grey,
        "--json",
      ], in: folder.path)
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(
      outcome.errors.hasSuffix("; their colours are taken in grey, because the picture is grey\n"))
    let result = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let written = try ImageFile.read(folder.file("o.png"))
    try #require(written.channels == 1)
    let error = try #require(result["mse"] as? Double)
    #expect(abs(error - Quality.meanSquaredError(written, picture)) < 1e-3)
  }

  @Test func tablesKeepTheirMeasuredValues() throws {
    try folder.write("x,y,r,g,b\n2,1,83,64,74\n9,12,200,10,60\n", to: "colour.csv")
    _ = try inpaint(
      "--points", "colour.csv", "--size", "16x16", "-o", "colour.png", "--model", grey)
    let picture = try ImageFile.read(folder.file("colour.png"))
    try #require(picture.channels == 3)
    expectClose(
      actual: (0..<3).map { 255 * picture[1, 2, $0] }, expected: [83, 64, 74], absolute: 1e-3)
    expectClose(
      actual: (0..<3).map { 255 * picture[12, 9, $0] }, expected: [200, 10, 60], absolute: 1e-3)

    try folder.write("x,y,v\n2,1,83\n9,12,200\n", to: "grey.csv")
    _ = try inpaint(
      "--points", "grey.csv", "--size", "16x16", "-o", "grey.png", "--model", colour,
      "--uncertainty", "sure.png")
    #expect(try ImageFile.read(folder.file("grey.png")).channels == 1)
    let variances = try Data(contentsOf: URL(fileURLWithPath: folder.file("sure.npy")))
    #expect(variances.count == 128 + 16 * 16 * 4)
  }

  @Test func aNetworkOfAGreyModelIsNotedToBeWithoutColours() throws {
    try ImageFile.writePNG(
      .pattern(width: 16, height: 16, channels: 3), to: folder.file("in.png"), overwrite: true)
    let outcome = try Program.hyper.run(
      ["export", "in.png", "net.safetensors", "--keep", "64", "--model", grey], in: folder.path)
    #expect(outcome.exitCode == 0)
    #expect(
      outcome.errors
        == "Note: the model was trained on grey pictures, so 'in.png' is taken in grey; "
        + "'siren-hyper inpaint' restores its colours\n")
  }
}
