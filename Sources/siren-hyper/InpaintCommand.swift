import ArgumentParser
import CommandSupport
import Files
import Foundation
import ImagePriors
import Numerics
import PriorPipelines
import Reporting
import Signals

/// `siren-hyper inpaint`: restores a picture from a few of its pixels.
struct InpaintCommand: ParsableCommand, SharedCommand {
  /// The pictures of a folder are shared; one picture is not.
  var isShared: Bool { input?.isFolder ?? false }

  static let configuration = CommandConfiguration(
    commandName: "inpaint",
    abstract: "Restore a picture from a few of its pixels.",
    discussion: """
      The observed pixels are given in one of four ways. --keep chooses random pixels of the picture. \
      --mask names a picture of the same size that is white where pixels are missing. --points names \
      a table of measurements. Without any of them, the pixels are filled in that the picture itself \
      marks as missing: those that are not fully opaque, those that are not a number, and those of \
      the value of --missing. They are never taken as observed, whatever else is given.

      A pixel of a mask is white from half of the range on. In a mask with transparency, what varies \
      counts: the white of a black and white mask, or the opaque part of a stroke on an empty layer. \
      --invert-mask reads a mask whose missing pixels are black.

      A points file is a table of text. Commas, semicolons, tabs or blanks separate its columns x, y \
      and value (or r, g, b), which a header names in any order; other columns are ignored, and \
      --columns chooses. Comments, quotes and decimal commas are understood. Rows in which a number \
      is empty, nan, NA or the value of --missing are skipped.

      The positions x and y are in pixels, with fractions, and 0 is the centre of the first pixel; \
      --pixel-size or --extent reads lengths. Values are 0 to 255, 0 to 1 with --unit, or what --range \
      says. Several readings of one pixel are averaged.

      Without --model the program uses prior.safetensors in the current folder. If there is none, the \
      picture decides: a tenth of the observed pixels is held out, the bundled models of scenes and \
      of faces, linear and biharmonic interpolation restore them from the others, and the best one is \
      used. A message says which, and by how much. With --uncertainty or --next the two models alone are \
      compared, because interpolations estimate no error. With --refine or --windows the model of faces \
      is used without a comparison. --model names one of them or a file.

      A grid prior, such as 'scenes', restores pictures of any kind, size and number of channels at \
      their own resolution. A model of aligned pictures, such as 'faces', restores the picture as a \
      whole, with no finer detail than its training pictures have. A model that was trained with \
      'train --windows' restores overlapping windows at the picture's own resolution and blends them. \
      --windows and --no-windows override this. A model of grey pictures restores each channel of a colour \
      picture on its own, without --refine.

      Errors are printed if the true picture is known: with --keep or with --truth.

      Pictures are PNG, JPEG, TIFF, WebP, NPY and NPZ files, told apart by their content. The result has the \
      bits, the channels, the colour profile and the resolution of the picture, and observed pixels keep \
      their samples exactly: a 16-bit TIFF gives a 16-bit TIFF, a height map of float64 gives heights in its \
      own unit. The extension of the result chooses its format: png, jpg, tif, webp or npy. --range \
      chooses the samples that become 0 and 1 inside; the default is that of the model's training, \
      otherwise all values of 8 and 16 bits (of fewer bits where the picture uses no more), and of other \
      samples the smallest and the largest.

      If the picture is a folder, all pictures in it and in its subfolders are restored into the folder \
      of --output, with one line for each. --masks names a folder of masks of the same names; it may be \
      the folder of the pictures, where a_mask.png is the mask of a.png. Results that are there already \
      are skipped, and a picture that fails does not stop the others; the exit code is then 1.

      EXAMPLES
        siren-hyper inpaint face.png --keep 10%
        siren-hyper inpaint photo.png --keep 10%
        siren-hyper inpaint photo.png --keep 10% --model scenes --uncertainty sure.png --next 500
        siren-hyper inpaint photo.png --keep 10% --model linear
        siren-hyper inpaint photo.png --keep 10% --model mine.safetensors
        siren-hyper inpaint face.png restored.png --mask scratches.png --sheet sheet.png
        siren-hyper inpaint face.png restored.png --mask observed.png --invert-mask
        siren-hyper inpaint holes.png --size 512x512
        siren-hyper inpaint scan.png --missing 0
        siren-hyper inpaint face.png --keep 5% --uncertainty sure.png --next 50
        siren-hyper inpaint face.png --keep 30% --model network.safetensors --refine 500
        siren-hyper inpaint photo.png --keep 10% --model windows.safetensors
        siren-hyper inpaint micrograph.tif --mask dust.png --model mine.safetensors
        siren-hyper inpaint stack.tif slice.tif --page 7 --keep 20% --range 0:4095
        siren-hyper inpaint heights.npy restored.npy --keep 25% --range percentiles
        siren-hyper inpaint --points scan.csv --size 128x128 -o scan.png
        siren-hyper inpaint --points reflectance.csv --unit --size 128x128 -o reflectance.png
        siren-hyper inpaint --points afm.txt --size 64x64 --pixel-size 0.5 --range auto -o afm.png
        siren-hyper inpaint --points log.csv --columns lon,lat,depth --extent 5:9,48:45 \
          --range=-120:0 --missing=-9999 --size 80x60 -o depth.png
        siren-hyper inpaint scans --masks masks -o restored
      """)

  @Argument(
    help:
      "The picture (PNG, JPEG, TIFF, WebP, NPY or NPZ), or a folder of pictures; not needed with --points.",
    completion: .file())
  var input: String?

  @Argument(
    help:
      "The picture to write (default: INPUT-inpainted.png, .tif for a TIFF, .npy for an array).",
    completion: .file())
  var result: String?

  @Option(
    name: .shortAndLong, help: "The picture to write, or the folder to write to.",
    completion: .file())
  var output: String?

  @OptionGroup var observed: ObservationOptions

  @Option(
    help: ArgumentHelp(
      "The folder of the masks of a folder of pictures, by the pictures' names.", valueName: "dir"),
    completion: .directory)
  var masks: String?

  @OptionGroup var source: SourceOptions

  @Option(help: "The true picture, from which errors are computed.", completion: .file())
  var truth: String?

  @OptionGroup var model: ModelOptions

  @Option(help: "Size of the picture to write, such as 512x512 (default: the input's size).")
  var size: PictureSize?

  @Option(
    help: "Also write a sheet: observed, result, truth and error side by side.",
    completion: .file())
  var sheet: String?

  @Option(
    help: ArgumentHelp(
      "Also write the standard deviation of each pixel as a picture (white is 0.5), and the "
        + "variances as a .npy file of the same name.", valueName: "file"),
    completion: .file())
  var uncertainty: String?

  @Option(
    help: ArgumentHelp(
      "Also print the most informative points to measure next, best first; for a picture larger "
        + "than the model's pictures, at most one point per pixel of the model's pictures.",
      valueName: "n"))
  var next: Int?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Restore overlapping windows, or the picture as a whole (default: as the model was trained).")
  var windows: Bool?

  @Option(
    help: ArgumentHelp(
      "Refine the network on the observed points by up to this many updates of gradient descent; "
        + "held-out points decide how many are kept, possibly none.", valueName: "n"))
  var refine: Int?

  @Flag(help: "Write the network's own values at observed pixels instead of the observed values.")
  var noPaste = false

  @Option(help: "The seed of the random pixels of --keep.")
  var seed: UInt64 = 1

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var printing: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard result == nil || output == nil else {
      throw ValidationError(
        "the picture to write is given as an argument and as --output, pass only one of them.")
    }
    guard input != nil || (observed.points != nil && size != nil) else {
      throw ValidationError(
        observed.points == nil
          ? "a picture is missing: siren-hyper inpaint picture.png --keep 10%."
          : "--points without a picture needs --size, such as --size 128x128.")
    }
    try observed.checkInversion(hasMasks: masks != nil)
    guard masks == nil || (observed.keep ?? observed.mask ?? observed.points) == nil else {
      throw ValidationError("--masks excludes --keep, --mask and --points, pass only one of them.")
    }
    guard input != nil || output != nil else {
      throw ValidationError("--points without a picture needs --output, such as -o result.png.")
    }
    guard next.map({ (1...10_000).contains($0) }) ?? true else {
      throw ValidationError("--next is \(next ?? 0), expected 1 to 10000 points.")
    }
    try checkRefinement(refine)
    guard windows != true || refine == nil else {
      throw ValidationError("--refine works on the picture as a whole, omit --windows.")
    }
    guard windows != true || next == nil else {
      throw ValidationError("--next works on the picture as a whole, omit --windows.")
    }
    guard uncertainty.map({ ($0 as NSString).pathExtension.lowercased() == "png" }) ?? true else {
      throw ValidationError("--uncertainty is '\(uncertainty ?? "")', expected a .png file.")
    }
  }

  func run() throws {
    threads.apply()
    ProcessMemory.keepFreed()
    if let input, input.isFolder { return try restoreFolder(input) }
    guard masks == nil else {
      throw CommandFailure.usage(
        "--masks goes with a folder of pictures, pass --mask for one picture")
    }
    let target = outputPath
    try DistinctFiles.check(
      [
        ("the output", target), ("--sheet", sheet), ("--uncertainty", uncertainty),
        ("the variances of --uncertainty", uncertainty.map(variancePath)),
      ], read: [("the picture", input), ("--truth", truth)] + observed.files + model.files)
    try PictureFile.checkWritable(target, overwrite: overwrite.force)
    if let sheet { try PictureFile.checkWritable(sheet, overwrite: overwrite.force) }
    if let uncertainty {
      for path in [uncertainty, variancePath(uncertainty)] {
        try AtomicFile.checkWritable(path, overwrite: overwrite.force)
      }
    }
    let choice = try model.choice(
      quiet: printing.quiet, withUncertainty: uncertainty != nil || next != nil,
      oneNetwork: needsOneNetwork)
    let task = try InpaintingTask(
      input: input, observed: observed.source, truth: truth,
      size: size.map { ($0.width, $0.height) }, channels: nil, seed: seed,
      missing: observed.missing, page: source.page, range: observed.pictureRange,
      scale: choice.scale)
    if let input, size == nil { try task.checkHidden(path: input) }
    observed.report(task, quiet: printing.quiet)
    if let picture = task.source, !printing.quiet {
      printRemarks(about: picture, except: task.missingPixels)
    }
    let (prior, path) = try choice.prior(for: task, quiet: printing.quiet)

    let inpainter = PictureInpainter(prior, model: path, settings)
    let clock = ContinuousClock()
    let start = clock.now
    let picture = try inpaint(task, inpainter)
    let own = noPaste ? picture.rendered : picture.pasted
    let seconds = (clock.now - start) / .seconds(1)

    let stored = task.stored(
      picture.resized ?? own, keepingObserved: !noPaste, for: try PictureContainer(path: target))
    let loss = try PictureFile.write(stored, to: target, overwrite: overwrite.force)
    if let loss, !printing.quiet { printMessage("Note: \(singleLine(loss))") }
    if let sheet {
      let row = InpaintingSheet.row(task.observations, result: own, truth: task.truth)
      try ImageFile.write(
        InpaintingSheet.compose([row]), to: sheet, overwrite: overwrite.force)
    }
    if let uncertainty, let variance = picture.variance {
      try writeUncertainty(variance, task, to: uncertainty)
    }
    let quality = task.truth.map { InpaintingQuality(own, truth: $0, task.mask, known: task.known) }
    if printing.json {
      printJSON(.object(json(target, task, quality, picture, seconds)))
    } else {
      printText(
        target, task, quality, picture, seconds, side: prior.keepsChannels ? nil : prior.imageSize)
    }
  }

  /// Whether what is asked for needs a model that generates one network.
  var needsOneNetwork: Bool { refine != nil || windows == true }

  var settings: InpaintingSettings {
    var settings = InpaintingSettings()
    settings.inWindows = windows
    settings.onlyMissing = !noPaste
    settings.size = size.map { ($0.width, $0.height) }
    settings.withVariance = uncertainty != nil
    settings.nextPoints = next
    settings.refinement = refine.map { FieldRefinement(steps: $0) }
    return settings
  }

  /// Restores the picture.
  ///
  /// Windows take long, so Ctrl-C ends the command with a message.
  private func inpaint(
    _ task: InpaintingTask, _ inpainter: PictureInpainter
  ) throws -> InpaintedPicture {
    guard inpainter.isWindowed else { return try inpainter.inpaint(task) }
    let interruption = Interruption()
    let progress = ProgressReporter("Restoring", unit: "windows", quiet: printing.quiet)
    let picture = try inpainter.inpaint(task) { done, total in
      progress.update(done, of: total)
      if interruption.isRequested {
        throw CommandFailure.data("interrupted; nothing was written")
      }
    }
    progress.finish()
    return picture
  }

  /// Writes the standard deviations as a picture, and the variances as an array of shape
  /// `[height, width, c]`, of values 0...1, in a file of the same name.
  private func writeUncertainty(
    _ variance: [Float], _ task: InpaintingTask, to path: String
  ) throws {
    try ImageFile.writePNG(
      DeviationPicture.image(of: variance, width: task.width, height: task.height), to: path,
      overwrite: overwrite.force)
    let channels = variance.count / (task.width * task.height)
    try AtomicFile.write(
      NumpyFile.encoded(variance, shape: [task.height, task.width, channels]),
      to: variancePath(path), overwrite: overwrite.force)
  }

  /// The path of the variances: that of the picture with another extension.
  func variancePath(_ picture: String) -> String {
    (picture as NSString).deletingPathExtension + ".npy"
  }

  private var outputPath: String {
    if let path = output ?? result { return path }
    let stem = input.map { ($0 as NSString).deletingPathExtension } ?? "result"
    return stem + "-inpainted." + PictureContainer.lossless(like: input).defaultExtension
  }
}
