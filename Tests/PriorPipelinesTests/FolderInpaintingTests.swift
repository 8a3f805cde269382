import Files
import Foundation
import HyperNetworks
import ImagePriors
import PriorPipelines
import PriorTestSupport
import Signals
import TestSupport
import Testing

/// The pictures of a folder, restored into another one.
@Suite struct FolderInpaintingTests {
  private let folder: TemporaryFolder
  private let scans: String
  private let masks: String
  private let out: String

  init() throws {
    folder = try TemporaryFolder()
    scans = try folder.makeFolder("scans")
    masks = try folder.makeFolder("masks")
    out = folder.file("out")
    _ = try folder.makeFolder("scans/day2")
    _ = try folder.makeFolder("masks/day2")
  }

  private func picture(_ name: String, channels: Int = 3) throws {
    try ImageFile.writePNG(
      .pattern(width: 12, height: 10, channels: channels), to: scans + "/" + name,
      overwrite: false)
  }

  private func mask(_ name: String, width: Int = 12, marked: Int = 5) throws {
    var image = Image(width: width, height: 10, channels: 1)
    for pixel in 0..<marked { image.values[pixel * 7] = 1 }
    try ImageFile.writePNG(image, to: masks + "/" + name, overwrite: false)
  }

  private func inpainter() throws -> PictureInpainter {
    let prior = try LearnedPrior.prior.get()
    return PictureInpainter(prior, model: "m", InpaintingSettings())
  }

  private func run(
    _ work: FolderInpainting, _ settings: FolderInpainting.Settings = .init(),
    isCancelled: () -> Bool = { false }
  ) throws -> (summary: FolderInpainting.Summary, outcomes: [String]) {
    var outcomes: [String] = []
    let summary = try work.run(
      { _ in try inpainter() }, settings, isCancelled: isCancelled
    ) { event in
      guard case .finished(let job, let outcome) = event else { return }
      let text: String =
        switch outcome {
        case .restored(let task, _, _, _, let notes):
          (["restored \(task.missingCount)"] + notes).joined(separator: "; ")
        case .alreadyThere: "already there"
        case .failed(let message): "failed \(message)"
        }
      outcomes.append("\(work.jobs[job].name): \(text)")
    }
    return (summary, outcomes)
  }

  @Test("What a file holds beside its first picture is told")
  func notes() throws {
    try AtomicFile.write(
      try AnimatedPNG.encode(
        [
          .pattern(width: 12, height: 10, channels: 3), Image(width: 12, height: 10, channels: 3),
        ], milliseconds: 100), to: scans + "/a.png", overwrite: false)
    try mask("a.png")
    let outcomes = try run(FolderInpainting(of: scans, to: out, masks: masks)).outcomes
    #expect(outcomes.count == 1)
    #expect(outcomes[0].hasPrefix("a.png: restored 5; ") && outcomes[0].contains("of 2"))
  }

  @Test("A prior of grey pictures restores colours, and the error is that of the written file")
  func colourByGrey() throws {
    try picture("a.png")
    let prior = HyperNetworkPrior(SmallPrior.configuration(.set, .modulated, channels: 1), seed: 2)
    var settings = FolderInpainting.Settings()
    settings.observed = .keep(.count(20))
    var errors: [Double] = []
    _ = try FolderInpainting(of: scans, to: out).run(
      { _ in PictureInpainter(prior, model: "m", InpaintingSettings()) }, settings
    ) { event in
      guard case .finished(_, .restored(_, _, let quality?, _, _)) = event else { return }
      errors.append(quality.all)
    }
    let written = try ImageFile.read(out + "/a.png")
    let truth = try ImageFile.read(scans + "/a.png")
    try #require(errors.count == 1 && written.channels == 3)
    // The file has 8 bits.
    #expect(abs(errors[0] - Quality.meanSquaredError(written, truth)) < 1e-3)
  }

  @Test("By masks of the same names: errors are counted, what is there is skipped")
  func masksOfAFolder() throws {
    try picture("a.png")
    try picture("b.png")
    try picture("c.png")
    try picture("d.png")
    try picture("day2/a.png")
    try mask("a.png")
    try mask("b_mask.png", marked: 3)
    try mask("c.png", width: 9)
    try mask("day2/a.png", marked: 2)
    _ = try folder.write("notes", to: "scans/notes.txt")
    let work = try FolderInpainting(of: scans + "/", to: out, masks: masks)
    #expect(work.jobs.map(\.name) == ["a.png", "b.png", "c.png", "d.png", "day2/a.png"])
    #expect(work.otherFiles == 1)
    let first = try run(work)
    #expect(first.summary.restored == 3 && first.summary.failed == 2)
    #expect(first.outcomes[0] == "a.png: restored 5" && first.outcomes[1] == "b.png: restored 3")
    #expect(first.outcomes[2].hasPrefix("c.png: failed the mask '\(masks)/c.png' is 9x10"))
    #expect(first.outcomes[3].hasPrefix("d.png: failed \(masks)/d.png: there is no such file"))
    #expect(first.outcomes[4] == "day2/a.png: restored 2")
    // Observed pixels are the picture's own.
    let (original, restored) = (
      try ImageFile.read(scans + "/day2/a.png"), try ImageFile.read(out + "/day2/a.png")
    )
    let differing = (0..<120).filter { pixel in
      (0..<3).contains { restored.values[3 * pixel + $0] != original.values[3 * pixel + $0] }
    }
    #expect(Set(differing).isSubset(of: [0, 7]))

    let second = try run(work)
    #expect(second.summary.alreadyThere == 3 && second.summary.failed == 2)
    #expect(second.outcomes[0] == "a.png: already there")
    var replacing = FolderInpainting.Settings()
    replacing.overwrite = true
    #expect(try run(work, replacing).summary.restored == 3)
  }

  @Test("By transparency, inside the folder itself; an opaque picture is an error")
  func transparency() throws {
    try picture("opaque.png")
    var image = Image.pattern(width: 12, height: 10, channels: 4)
    for pixel in 0..<120 { image.values[4 * pixel + 3] = pixel == 17 ? 0.5 : 1 }
    try ImageFile.writePNG(image, to: scans + "/hole.png", overwrite: false)
    try ImageFile.writePNG(image, to: scans + "/hole.2.png", overwrite: false)
    let work = try FolderInpainting(of: scans, to: scans + "/out")
    #expect(work.jobs.map(\.name) == ["hole.2.png", "hole.png", "opaque.png"])
    let result = try run(work)
    #expect(result.outcomes.prefix(2) == ["hole.2.png: restored 1", "hole.png: restored 1"])
    #expect(result.outcomes[2].contains("has no missing pixels to fill in"))
    // The results are not taken for pictures the next time.
    #expect(try FolderInpainting(of: scans, to: scans + "/out").jobs == work.jobs)
  }

  @Test("Two pictures of one name keep their extensions; cancelled work says so")
  func namesAndCancelling() throws {
    try picture("a.png")
    try picture("a.jpg")
    try picture("b.png")
    let work = try FolderInpainting(of: scans, to: out)
    #expect(work.jobs.map(\.output) == [out + "/a.jpg.png", out + "/a.png.png", out + "/b.png"])
    var settings = FolderInpainting.Settings()
    settings.observed = .keep(.fraction(0.25))
    var calls = 0
    let cancelled = try run(work, settings) {
      calls += 1
      return calls > 1
    }
    #expect(cancelled.summary.isCancelled && cancelled.summary.restored == 1)
    let rest = try run(work, settings)
    #expect(rest.summary.alreadyThere == 1 && rest.summary.restored == 2)
  }

  @Test("A name that is kept whole is not that of another picture's result")
  func clashingNames() throws {
    for name in ["a.jpg", "a.png", "a.jpg.png", "b.png", "day2/a.png"] { try picture(name) }
    let work = try FolderInpainting(of: scans, to: out)
    #expect(work.jobs.map(\.name) == ["a.jpg", "a.jpg.png", "a.png", "b.png", "day2/a.png"])
    #expect(
      work.jobs.map(\.output)
        == ["a.jpg.png", "a.jpg.png.png", "a.png.png", "b.png", "day2/a.png"].map { out + "/" + $0 }
    )
  }

  @Test("Masks among the pictures are those with an ending, and are not restored")
  func masksBesidePictures() throws {
    try picture("a.png")
    try picture("b.png")
    try picture("c.jpg")
    try picture("gas-mask.png")
    for name in ["a_mask.png", "c-mask.png"] {
      try mask(name)
      try FileManager.default.moveItem(
        atPath: masks + "/" + name, toPath: scans + "/" + name)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "scans")
    for root in [scans, scans + "/", folder.file("link")] {
      let work = try FolderInpainting(of: scans, to: out, masks: root)
      #expect(work.jobs.map(\.name) == ["a.png", "b.png", "c.jpg", "gas-mask.png"])
      #expect(
        work.jobs.map { ($0.mask as NSString?)?.lastPathComponent }
          == ["a_mask.png", "b_mask.png", "c-mask.png", "gas-mask_mask.png"])
    }
    let work = try FolderInpainting(of: scans, to: out, masks: scans)
    let outcomes = try run(work).outcomes
    #expect(outcomes[0] == "a.png: restored 5" && outcomes[2] == "c.jpg: restored 5")
    #expect(outcomes[1].hasPrefix("b.png: failed \(scans)/b_mask.png: there is no such file"))
  }

  @Test("Results are not written among the pictures or the masks")
  func resultsElsewhere() throws {
    try picture("a.png")
    try mask("a.png")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "scans")
    for target in [scans, scans + "/", scans + "/day2/..", folder.file("link")] {
      let error = #expect(throws: FolderInpaintingError.self) {
        try FolderInpainting(of: scans, to: target)
      }
      #expect(error?.description.contains("into the folder of the pictures") == true)
    }
    #expect(throws: FolderInpaintingError.sameFolder(folder: masks, holds: "masks")) {
      try FolderInpainting(of: scans, to: masks + "/", masks: masks)
    }
    #expect(try FolderInpainting(of: scans, to: scans + "/day2").jobs.count == 1)
  }

  @Test("Folders without pictures")
  func nothingToDo() throws {
    #expect(throws: FolderInpaintingError.noPictures(folder: scans, others: [:])) {
      try FolderInpainting(of: scans, to: out)
    }
    _ = try folder.write("text", to: "scans/a.xyz")
    let error = #expect(throws: FolderInpaintingError.self) {
      try FolderInpainting(of: scans, to: out)
    }
    #expect(error?.description.contains("it holds 1 .xyz") == true)
    #expect(throws: FolderInpaintingError.self) {
      try FolderInpainting(of: folder.file("absent"), to: out)
    }
  }
}
