import ArgumentParser
import CommandSupport
import Files
import Foundation
import ImagePriors
import Numerics
import PriorPipelines
import Signals
import SyntheticData

/// `siren-hyper inpaint`: restores a picture from a few of its pixels.
struct InpaintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inpaint",
    abstract: "Restore a picture from a few of its pixels.",
    discussion: """
      What was observed is said in one of four ways: --keep draws random pixels of the picture; \
      --mask names a picture of the same size, white where something is to be filled in; --points \
      names a table of measurements; and without any of them transparent pixels are filled in.

      A points file has a header x,y,r,g,b (or x,y,v): x and y in pixels, fractions allowed, 0 the \
      centre of the first pixel; values 0 to 255, or 0 to 1 with --unit.

      Without --model it uses prior.safetensors of the current folder, and where there is none the \
      model of drawn faces that comes with the program: a face can be restored with no training.

      A model works on pictures of any size, whatever the size that it was trained at. One of whole \
      pictures restores the picture as a whole, and knows details no finer than those of its training \
      pictures. One that was learned with 'train --windows' restores overlapping windows of the size \
      that it knows, at the picture's own resolution, and blends them. --windows and --no-windows \
      decide otherwise.

      Errors are printed where the truth is known: with --keep, or with --truth.

      EXAMPLES
        siren-hyper inpaint face.png --keep 10%
        siren-hyper inpaint photo.png --keep 10% --model mine.safetensors
        siren-hyper inpaint face.png restored.png --mask scratches.png --sheet sheet.png
        siren-hyper inpaint holes.png --size 512x512
        siren-hyper inpaint face.png --keep 5% --uncertainty sure.png --next 50
        siren-hyper inpaint face.png --keep 30% --model network.safetensors --refine 500
        siren-hyper inpaint photo.png --keep 10% --model windows.safetensors
        siren-hyper inpaint --points scan.csv --size 128x128 -o scan.png
      """)

  @Argument(help: "The picture, PNG or JPEG; not needed with --points.", completion: .file())
  var input: String?

  @Argument(
    help: "The picture to write (default: INPUT-inpainted.png).", completion: .file())
  var result: String?

  @Option(name: .shortAndLong, help: "The picture to write, as an option.", completion: .file())
  var output: String?

  @OptionGroup var observed: ObservationOptions

  @Option(help: "The whole picture, to measure errors against.", completion: .file())
  var truth: String?

  @OptionGroup var model: ModelOptions

  @Option(help: "Size of the picture to write, such as 512x512 (default: the picture's own).")
  var size: PictureSize?

  @Option(
    help: "Also write a sheet: observed, result, truth and error side by side.",
    completion: .file())
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Also write how sure each pixel is: a picture of standard deviations, white 0.5, and the "
        + "variances beside it as .npy.", valueName: "file"),
    completion: .file())
  var uncertainty: String?

  @Option(
    help: ArgumentHelp(
      "Also print the points worth measuring next, best first; of a picture larger than the model's, "
        + "at most one for each pixel of the model's.", valueName: "n"))
  var next: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Restore overlapping windows, or the whole at once (default: as the model was learned).")
  var windows: Bool?

  @Option(
    help: ArgumentHelp(
      "Let the network descend further on the observed points, by up to so many updates: as far as it "
        + "helps at points that are held out, which may be not at all.", valueName: "n"))
  var refine: Int?

  @Flag(help: "Write the network's own values at observed pixels, instead of the observed ones.")
  var noPaste = false

  @Option(help: "Decides which pixels --keep draws.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard result == nil || output == nil else {
      throw ValidationError("the picture to write is given twice, as an argument and as --output.")
    }
    guard input != nil || (observed.points != nil && size != nil) else {
      throw ValidationError(
        observed.points == nil
          ? "a picture is missing: siren-hyper inpaint picture.png --keep 10%."
          : "--points without a picture needs --size, such as --size 128x128.")
    }
    guard input != nil || output != nil else {
      throw ValidationError("--points without a picture needs --output, such as -o result.png.")
    }
    guard next.map({ (1...10_000).contains($0) }) ?? true else {
      throw ValidationError("--next is \(next ?? 0), expected 1 to 10000 points.")
    }
    try checkRefinement(refine)
    guard windows != true || refine == nil else {
      throw ValidationError("--refine is for a picture as a whole, leave out --windows.")
    }
    guard windows != true || next == nil else {
      throw ValidationError("--next looks at the picture as a whole, leave out --windows.")
    }
    guard uncertainty.map({ ($0 as NSString).pathExtension.lowercased() == "png" }) ?? true else {
      throw ValidationError("--uncertainty is '\(uncertainty ?? "")', expected a .png file.")
    }
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    let target = outputPath
    try AtomicFile.checkWritable(target, overwrite: overwrite.force)
    if let sheet { try AtomicFile.checkWritable(sheet, overwrite: overwrite.force) }
    if let uncertainty {
      for path in [uncertainty, variancePath(uncertainty)] {
        try AtomicFile.checkWritable(path, overwrite: overwrite.force)
      }
    }
    let path = try model.path(quiet: printing.quiet)
    let prior = try ImagePriorFile.read(path)
    let task = try InpaintingTask(
      input: input, observed: observed.source, truth: truth,
      size: size.map { ($0.width, $0.height) },
      channels: prior.channels, seed: seed)

    let clock = ContinuousClock()
    let start = clock.now
    let restoration = try restore(prior, from: path, task)
    let own = noPaste ? restoration.rendered : restoration.pasted
    let seconds = (clock.now - start) / .seconds(1)

    try ImageFile.writePNG(restoration.resized ?? own, to: target, overwrite: overwrite.force)
    if let sheet {
      try ImageFile.writePNG(
        InpaintingSheet.compose(task, result: own), to: sheet, overwrite: overwrite.force)
    }
    if let uncertainty, let variance = restoration.variance {
      try writeUncertainty(variance, task, to: uncertainty)
    }
    let quality = task.truth.map { InpaintingQuality(own, truth: $0, task.mask) }
    if printing.json {
      printJSON(json(target, task, quality, restoration, seconds))
    } else {
      printText(target, task, quality, restoration, seconds)
    }
  }

  private var outputPath: String {
    if let path = output ?? result { return path }
    let stem = input.map { ($0 as NSString).deletingPathExtension } ?? "result"
    return stem + "-inpainted.png"
  }

  private func printText(
    _ target: String, _ task: InpaintingTask, _ quality: InpaintingQuality?,
    _ restoration: InpaintedPicture, _ seconds: Double
  ) {
    let pixels = task.width * task.height
    let share = String(format: "%.1f", 100 * Double(task.observations.count) / Double(pixels))
    print(
      "\(target): restored from \(task.observations.count) points "
        + "(\(share)% of \(task.width)x\(task.height)) in \(formatDuration(seconds))")
    if let reason = restoration.reason { print("  \(reason)") }
    if let refined = restoration.refined { print("  \(describe(refined))") }
    if let quality {
      print(quality.line("all pixels       ", quality.all, quality.structuralSimilarity))
      if let unobserved = quality.unobserved {
        print(quality.line("unobserved pixels", unobserved, nil))
      }
    }
    if let sheet { print("sheet: \(sheet)") }
    if let uncertainty {
      print("uncertainty: \(uncertainty), variances \(variancePath(uncertainty))")
    }
    if next != nil {
      print("next points to measure, best first:\nx,y")
      for point in restoration.next { print("\(point.column),\(point.row)") }
    }
  }

  private func json(
    _ target: String, _ task: InpaintingTask, _ quality: InpaintingQuality?,
    _ restoration: InpaintedPicture, _ seconds: Double
  ) -> JSONValue {
    [
      "output": .string(target), "points": .integer(task.observations.count),
      "next": .array(restoration.next.map { .array([.integer($0.column), .integer($0.row)]) }),
      "windows": .integer(restoration.windows),
      "refined_steps": .number(restoration.refined.map { Double($0.steps) }),
      "mse": .number(quality?.all),
      "mse_unobserved": .number(quality?.unobserved),
      "psnr": .number(quality.map { Quality.peakSignalToNoise(meanSquaredError: $0.all) }),
      "psnr_unobserved": .number(
        quality?.unobserved.map { Quality.peakSignalToNoise(meanSquaredError: $0) }),
      "ssim": .number(quality?.structuralSimilarity), "seconds": .number(seconds),
    ]
  }
}
