import Foundation
import Signals
import TestSupport
import Testing

/// `siren-hyper evaluate` on a small prior in closed form.
@Suite(.serialized) struct EvaluateTests {
  /// Faces and a prior of them, at a size.
  private func prior(in folder: TemporaryFolder, size: Int) throws -> [String] {
    let (data, model) = (folder.path + "/faces", folder.file("prior.safetensors"))
    let drawn = try Program.hyper.run(
      "dataset", "synthesize", data, "--count", "60", "--size", "\(size)", "--quiet")
    #expect(drawn.exitCode == 0, "\(drawn.errors)")
    let trained = try Program.hyper.run(
      "train", "--dataset", data, "--size", "\(size)", "-o", model, "--quiet")
    #expect(trained.exitCode == 0, "\(trained.errors)")
    return ["evaluate", "--dataset", data, "--model", model, "--split", "train"]
  }

  /// A JSON object a line.
  private func objects(_ outcome: Program.Outcome) throws -> [[String: Any]] {
    try outcome.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func tablesSheetsAndMasks() throws {
    let folder = try TemporaryFolder()
    let evaluate = try prior(in: folder, size: 16)
    let (csv, sheet) = (folder.file("all.csv"), folder.file("sheet.png"))
    let files = ["--csv", csv, "--sheet", sheet]
    let table = try Program.hyper.run(evaluate + ["--context", "10,20%", "--limit", "4"] + files)
    #expect(table.exitCode == 0, "\(table.errors)")
    let lines = table.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "4 pictures of the train split, the same random pixels for every method")
    #expect(
      lines[1].split(separator: " ")
        == ["points", "method", "mse", "unobserved", "psnr", "ssim", "covers", "50/90/95%", "nll"]
        + ["ms/picture"])
    #expect(lines.count == 2 + 2 * 7 + 2)
    #expect(lines.allSatisfy { $0.count <= 100 || $0.contains(folder.path) })
    for method in ["gaussian", "model", "model+pasted"] {
      let cells = try #require(
        lines.map { $0.split(separator: " ") }.first { $0.contains { $0 == method } })
      let shares = cells[6].split(separator: "/").compactMap { Double($0) }
      #expect(shares.count == 3 && shares == shares.sorted(), "\(cells)")
      #expect(Double(cells[7]) != nil, "\(cells)")
    }

    // Four pictures, two contexts, seven rows, and named as in the catalog.
    let rows = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 1 + 4 * 2 * 7)
    #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("face-") })
    // Three rows of four pictures of 256 pixels, 8 between.
    let picture = try ImageFile.read(sheet)
    #expect(picture.width == 4 * 256 + 5 * 8 && picture.height == 3 * 256 + 4 * 8)

    let refused = try Program.hyper.run(evaluate + ["--context", "10", "--csv", csv])
    #expect(refused.exitCode == 1 && refused.output.isEmpty)
    #expect(
      refused.errors
        == "Error: \(csv): the file already exists; pass another name, or --force to replace it\n")
    let replaced = try Program.hyper.run(
      evaluate + ["--context", "10", "--limit", "1", "--force", "--json"] + files)
    #expect(replaced.exitCode == 0, "\(replaced.errors)")
    #expect(try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n").count == 8)
    #expect(try ImageFile.read(sheet).height == 256 + 2 * 8)
    let objects = try objects(replaced)
    #expect(
      objects.last?.keys.sorted() == [
        "coverage50", "coverage90", "coverage95", "images", "mask", "method", "mse",
        "mse_unobserved", "nll", "observed", "points", "psnr", "psnr_mean", "seconds", "ssim",
      ])
    #expect(objects.last?["method"] as? String == "model+pasted")
    for key in ["coverage50", "coverage90", "coverage95", "nll"] {
      #expect(objects.last?[key] is NSNumber && objects.first?[key] is NSNull, "\(key)")
    }

    for (kind, context) in [
      ("block", ["--context", "50%"]), ("strokes", ["--context", "50%"]), ("half", []),
    ] {
      let outcome = try Program.hyper.run(
        evaluate + ["--mask-kind", kind, "--limit", "2", "--json"] + context)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      let rows = try self.objects(outcome)
      #expect(rows.count == 7)
      #expect(rows.allSatisfy { $0["mask"] as? String == kind && $0["points"] as? Int == 128 })
    }
  }

  @Test func rowsAreCountedAsTheyAreObserved() throws {
    let folder = try TemporaryFolder()
    let evaluate = try prior(in: folder, size: 16)
    let table = try Program.hyper.run(
      evaluate + ["--mask-kind", "lines", "--context", "5,10,32", "--limit", "2"])
    #expect(table.exitCode == 0, "\(table.errors)")
    let lines = table.output.split(separator: "\n").map(String.init)
    #expect(lines.count > 1)
    #expect(lines.dropFirst().first == "really observed, on average: 16 for 5, 16 for 10 points")
  }

  @Test func whereToMeasure() throws {
    let folder = try TemporaryFolder()
    let evaluate = try prior(in: folder, size: 16) + ["--active", "--limit", "3"]
    let table = try Program.hyper.run(evaluate + ["--context", "20,50"])
    #expect(table.exitCode == 0, "\(table.errors)")
    let lines = table.output.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    #expect(
      lines[0].joined(separator: " ")
        == "3 pictures of the train split; all pixels, observed ones pasted in")
    #expect(lines[1] == ["points", "mse", "random", "mse", "proposed", "as", "random", "saved"])
    #expect(lines[2...4].map { $0[0] } == ["5", "20", "50"])
    #expect(lines[2][1] == lines[2][2] && lines[2][3] == "5" && lines[2][4] == "0%")
    let machine = try objects(try Program.hyper.run(evaluate + ["--json"]))
    #expect(machine.compactMap { $0["points"] as? Int } == [5, 10, 20, 50, 100, 200])
    #expect(
      machine[0].keys.sorted()
        == ["images", "mse_proposed", "mse_random", "points", "random_needed", "saved"])

    let network = folder.file("network.safetensors")
    let trained = try Program.hyper.run(
      "train", "--dataset", evaluate[2], "--size", "16", "-o", network, "--head", "modulated",
      "--batch", "4", "--steps", "1", "--quiet")
    #expect(trained.exitCode == 0, "\(trained.errors)")
    let refused = try Program.hyper.run(
      "evaluate", "--dataset", evaluate[2], "--model", network, "--active")
    #expect(refused.exitCode == 1 && refused.output.isEmpty)
    #expect(
      refused.errors
        == "Error: '\(network)' is a hypernetwork prior, which does not propose points to measure; "
        + "train a prior with 'siren-hyper train --prior subspace'\n")
  }

  @Test func theProtocolOfThePaperIsNamed() throws {
    let folder = try TemporaryFolder()
    let evaluate = try prior(in: folder, size: 32) + ["--limit", "1", "--quiet"]
    let named = "mse follows the protocol of arXiv 2006.09661: over all pixels of clipped values"
    let table = try Program.hyper.run(evaluate)
    #expect(table.exitCode == 0, "\(table.errors)")
    #expect(table.output.split(separator: "\n").dropFirst().first.map(String.init) == named)
    let strokes = try Program.hyper.run(evaluate + ["--mask-kind", "strokes"])
    #expect(strokes.exitCode == 0 && !strokes.output.contains("2006.09661"))
  }
}
