import BrowserTestSupport
import Foundation
import Signals
import TestSupport
import Testing

/// `export` to pages, and the pages of reports.
@Suite struct LivePageCommandTests {
  private func picture(in folder: TemporaryFolder) throws -> String {
    var image = Image(width: 40, height: 32, channels: 3)
    for index in image.values.indices {
      image.values[index] = Float(0.5 + 0.4 * sin(0.13 * Double(index)))
    }
    try ImageFile.writePNG(image, to: folder.file("photo.png"), overwrite: false)
    return folder.file("photo.png")
  }

  private func fitted(in folder: TemporaryFolder, _ more: String...) throws -> String {
    let model = folder.file("photo.safetensors")
    let outcome = try Program.siren.run(
      ["fit", try picture(in: folder), "-o", model, "--steps", "10", "--quiet"] + more)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return model
  }

  @Test func aFieldBecomesAPage() throws {
    let folder = try TemporaryFolder()
    let model = try fitted(in: folder)
    let page = folder.file("photo.html")
    let outcome = try Program.siren.run(
      "export", model, page, "--with", folder.file("photo.png"), "--title", "A photo")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("photo.html: a page of "))
    #expect(outcome.output.hasSuffix("parameters of 16 bits; open it in a browser\n"))
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("<title>A photo</title>") && text.contains("id=\"reference\""))

    let again = try Program.siren.run("export", model, page)
    #expect(again.exitCode == 1 && again.errors.contains("already exists"))
    let full = try Program.siren.run("export", model, page, "--full", "--force", "--json")
    #expect(full.exitCode == 0 && full.output.contains("\"bits\":32"))
    let both = try Program.siren.run("export", model, page, "--full", "--half", "--force")
    #expect(both.exitCode == 2)
  }

  @Test func optionsOfPagesNeedAPage() throws {
    let folder = try TemporaryFolder()
    let plain = folder.file("plain.safetensors")
    for option in [["--half"], ["--title", "a"], ["--with", "a.png"]] {
      let outcome = try Program.siren.run(["export", "model.safetensors", plain] + option)
      #expect(outcome.exitCode == 2)
      #expect(
        outcome.errors.contains(
          "--with, --half, --full and --title are for a page, '\(plain)' does not end in .html."))
    }
    let alone = try Program.hyper.run("export", "photo.png")
    #expect(alone.exitCode == 2 && alone.errors.contains("or for the page of a model a name"))
    let folderOfPicture = try Program.hyper.run("export", "photo.png", "a.html", "--with", "b")
    #expect(folderOfPicture.exitCode == 2)
    #expect(folderOfPicture.errors.contains("--with is for the page of a model"))
  }

  @Test func aPriorAndARestoredPictureBecomePages() throws {
    let folder = try TemporaryFolder()
    let held = folder.file("held")
    _ = try Program.hyper.run(
      "dataset", "synthesize", held, "--count", "2", "--size", "24", "--quiet")
    let page = folder.file("faces.html")
    let prior = try Program.hyper.run("export", page, "--model", "faces", "--with", held, "--quiet")
    #expect(prior.exitCode == 0, "\(prior.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.utf8.count < 8_000_000 && text.contains("\"pictures\":2"))
    let restored = folder.file("restored.html")
    let measured = folder.file("measured.png")
    try PictureFile.write(
      StoredPicture(
        try ImageFile.read(try self.picture(in: folder)),
        as: PictureFormat(type: .unsigned16, channels: 3)), to: measured, overwrite: false)
    let picture = try Program.hyper.run(
      "export", measured, restored, "--keep", "20%", "--model", "scenes",
      "--quiet")
    #expect(picture.exitCode == 0, "\(picture.errors)")
    let live = try String(contentsOfFile: restored, encoding: .utf8)
    #expect(live.contains("\"shows\":\"picture\""))
    // Values are read in the unit of the file, which has 16 bits.
    #expect(live.contains("\"range\":[0,65535]"))
  }

  @Test func aFolderOfHiddenPicturesIsChecked() throws {
    let folder = try TemporaryFolder()
    let none = folder.file("none.html")
    for (name, reason) in [
      ("nothing", "nothing: the folder cannot be listed"), ("empty", "empty' has no picture"),
    ] {
      if name == "empty" { try folder.makeFolder(name) }
      let outcome = try Program.hyper.run(
        "export", none, "--model", "faces", "--with", folder.file(name), "--quiet")
      #expect(outcome.exitCode == 1 && outcome.errors.contains(reason), "\(outcome.errors)")
    }
    let simple = try Program.hyper.run("export", none, "--model", "linear")
    #expect(
      simple.exitCode == 1
        && simple.errors.contains(
          "no page of 'linear': it is neither a subspace nor a grid prior; pass a model such as 'faces'"
        ))
    #expect(!FileManager.default.fileExists(atPath: none))

    for index in 10..<24 {
      try ImageFile.writePNG(
        .pattern(width: 8, height: 8, channels: 3), to: folder.file("empty") + "/\(index).png",
        overwrite: false)
    }
    let page = folder.file("page.html")
    let outcome = try Program.hyper.run(
      "export", page, "--model", "faces", "--with", folder.file("empty"))
    #expect(outcome.exitCode == 0)
    #expect(
      outcome.errors
        == "Note: the page holds 12 of the 14 pictures of '\(folder.file("empty"))', the first by name\n"
    )
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("\"pictures\":12"))
  }

  @Test(arguments: [
    ["--keep", "10%"], ["--mask", "m.png"], ["--points", "p.csv"], ["--missing", "0"],
    ["--range", "auto"], ["--seed", "9"],
  ])
  func optionsOfAPictureNeedAPicture(option: [String]) throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.hyper.run(
      ["export", "m.html", "--model", "faces"] + option, in: folder.path)
    #expect(outcome.exitCode == 2)
    #expect(
      outcome.errors.contains(
        "--keep, --mask, --points, --missing, --range and --seed need a picture"))
    #expect(try folder.names().isEmpty)
  }

  @Test(.enabled(if: Browser.location != nil, Browser.reason))
  func aReportHoldsTheFieldAlive() throws {
    let folder = try TemporaryFolder()
    let report = folder.file("report.html")
    _ = try fitted(in: folder, "--report", report)
    // One wide network takes a software renderer minutes; the first coarse picture is enough.
    let frame = "document.querySelector('iframe.live').contentWindow.livePage"
    let browser = try Browser(opening: report, readyWhen: "\(frame)?.times().first != null")
    #expect(try browser.numbers("\(frame).view.samples") == [40, 32])
    #expect(browser.problems == [])
    #expect(
      browser.requests.allSatisfy {
        $0.hasPrefix("file:///") || $0.hasPrefix("blob:") || $0.hasPrefix("data:")
          || $0.hasPrefix("about:")
      })
  }
}
