import Files
import Foundation
import ImagePriors
import Numerics
import Signals

/// Restores the pictures of a folder, one after the other, into another folder; the processes of a group share them.
///
/// A picture that fails is reported and does not stop the work. A picture that is already there is
/// passed over, so that an interrupted run continues where it ended.
public struct FolderInpainting: Sendable {
  /// One picture: where it is and where its result goes.
  public struct Job: Sendable, Equatable {
    /// The path inside the folder.
    public let name: String
    /// The path of the picture.
    public let input: String
    /// The path of the result, in a format that loses nothing of the picture's.
    public let output: String
    /// The path of its mask in the folder of masks, or the missing one's; nil without such a folder.
    public let mask: String?
  }

  /// The way to observe and to restore each picture.
  public struct Settings: Sendable {
    /// The observed pixels of each picture; not used with a folder of masks.
    public var observed = InpaintingTask.Source.transparency
    /// Whether black is missing in the masks of the folder of masks.
    public var invertsMasks = false
    /// The number that stands for a missing pixel in the pictures' files; nil if none does.
    public var missing: Double?
    /// How the samples of the pictures are read.
    public var range = RangeChoice.automatic
    /// The ranges of the model's training pictures, which the automatic choice follows; nil if there are none.
    public var scale: PictureScale?
    /// The seed of random pixels, the same for each picture.
    public var seed: UInt64 = 1
    /// Whether results have the observed values at observed pixels.
    public var pastesObserved = true
    /// Whether existing results are replaced.
    public var overwrite = false

    /// Transparent pixels are missing, and observed values are kept.
    public init() {}
  }

  /// The end of one picture.
  public enum Outcome: Sendable {
    /// The picture was restored and written; the quality is known for random pixels of whole pictures. The notes say
    /// what was not kept from the file, one line each.
    case restored(
      InpaintingTask, InpaintedPicture, InpaintingQuality?, seconds: Double, notes: [String])
    /// The result was there already.
    case alreadyThere
    /// The message of the error.
    case failed(String)
  }

  /// The numbers of pictures by outcome.
  public struct Summary: Sendable, Equatable {
    /// Pictures that were restored.
    public var restored = 0
    /// Pictures whose results were there already.
    public var alreadyThere = 0
    /// Pictures that could not be restored.
    public var failed = 0
    /// Whether the work was interrupted.
    public var isCancelled = false
  }

  /// What happens, in order.
  public enum Event: Sendable {
    /// So many of a picture's windows are restored.
    case windows(job: Int, completed: Int, total: Int)
    /// A picture is done.
    case finished(job: Int, Outcome)
  }

  /// The pictures, in the order of their paths.
  public let jobs: [Job]
  /// Files in the folder that are not pictures.
  public let otherFiles: Int
  /// Folders that could not be listed and files whose names are not UTF-8, each with the reason.
  public let problems: [String]

  /// Finds the pictures of a folder and their masks.
  ///
  /// A picture's mask has the same path inside the folder of masks, with any extension, or with
  /// `_mask` or `-mask` behind its name. Where the masks lie among the pictures, only such a name makes a
  /// mask, and the masks are not restored. The results have different paths.
  ///
  /// - Parameters:
  ///   - folder: the folder of the pictures.
  ///   - output: the folder of the results, which need not exist; neither that of the pictures nor that of the
  ///     masks.
  ///   - masks: the folder of the masks, which may be that of the pictures; nil if there is none.
  /// - Throws: ``FolderInpaintingError``.
  public init(of folder: String, to output: String, masks: String? = nil) throws {
    let root = Self.withoutSlash(folder)
    let target = Self.withoutSlash(output)
    let maskRoot = masks.map(Self.withoutSlash)
    try Self.requireOtherFolder(target, root, maskRoot)
    let pictures = try FolderPictures(
      of: root, excluding: [target] + (maskRoot.map { [$0] } ?? []))
    guard !pictures.names.isEmpty else {
      throw FolderInpaintingError.noPictures(folder: folder, others: pictures.others)
    }
    let isBeside = maskRoot.map { FolderPictures.isSame($0, root) } ?? false
    let maskNames =
      isBeside
      ? Self.masks(beside: pictures.names)
      : try maskRoot.map { Set(try FolderPictures(of: $0).names) } ?? []
    let names = isBeside ? pictures.names.filter { !maskNames.contains($0) } : pictures.names
    let results = Self.results(
      of: names,
      extensions: names.map { PictureContainer.lossless(like: root + "/" + $0).defaultExtension })
    jobs = zip(names, results).map { name, result in
      let mask = maskRoot.map { folder in
        let absent = isBeside ? Self.maskName(of: name) : name
        return folder + "/" + (Self.mask(of: name, in: maskNames) ?? absent)
      }
      return Job(
        name: name, input: root + "/" + name, output: target + "/" + result, mask: mask)
    }
    otherFiles = pictures.others.values.reduce(0, +)
    problems = pictures.problems
  }

  /// Restores the pictures.
  ///
  /// - Parameters:
  ///   - inpainter: what restores a picture, which is in its own channels.
  ///   - settings: the way to observe and to restore each picture.
  ///   - isCancelled: polled; true ends the work, without the picture in progress.
  ///   - event: called on the calling thread.
  /// - Throws: ``FolderInpaintingError`` if a folder for the results cannot be made.
  public func run(
    _ inpainter: (InpaintingTask) throws -> PictureInpainter,
    _ settings: Settings, isCancelled: () -> Bool = { false }, event: (Event) -> Void
  ) throws -> Summary {
    try run(
      inpainter, settings, isCancelled: isCancelled,
      progress: { event(.windows(job: $0, completed: $1, total: $2)) },
      report: { job, outcome in
        event(.finished(job: job, outcome))
        return true
      }, show: { _, _ in })
  }

  /// Restores the pictures; the members of a group take them one by one, so a slow member delays no other.
  ///
  /// - Parameters:
  ///   - inpainter: what restores a picture, which is in its own channels.
  ///   - settings: the way to observe and to restore each picture.
  ///   - isCancelled: polled; true ends the work, without the pictures in progress.
  ///   - progress: the job in progress, and how many of its windows are restored.
  ///   - report: what the first member is told about the end of a job; called on the member that did it.
  ///   - show: called on the first member with the reports, in the order of the jobs.
  /// - Returns: the summary, on every member.
  /// - Throws: ``FolderInpaintingError`` if a folder for the results cannot be made, or `WorkGroupError`.
  package func run<Report: GroupMessage>(
    _ inpainter: (InpaintingTask) throws -> PictureInpainter,
    _ settings: Settings, isCancelled: () -> Bool = { false },
    progress: (Int, Int, Int) -> Void, report: (Int, Outcome) -> Report,
    show: (Int, Report) -> Void
  ) throws -> Summary {
    let group = WorkGroup.current
    try requireSameJobs(group)
    var summary = Summary()
    var failure: (any Error)?
    let isStopped = try group.forEachOneByOne(jobs.count) { index -> GroupPair<Int, Report>? in
      guard !isCancelled() else { return nil }
      do {
        let outcome = try outcome(of: index, inpainter, settings, isCancelled, progress)
        return GroupPair((outcome.number, report(index, outcome)))
      } catch {
        if !(error is Cancelled) { failure = error }
        return nil
      }
    } each: { index, found in
      summary.add(found.first)
      show(index, found.second)
    }
    if let failure { throw failure }
    summary.isCancelled = isStopped
    return group.broadcast(summary)
  }

  /// Throws if a member of a group sees other pictures than the first.
  private func requireSameJobs(_ group: WorkGroup) throws {
    try group.requireSame(
      jobs.map { job in
        let size = (try? FileManager.default.attributesOfItem(atPath: job.input)[.size]) as? Int
        return "\(job.name) \(size ?? -1)"
      }.joined(separator: ","), "the folder of pictures")
  }

  private func outcome(
    of index: Int, _ inpainter: (InpaintingTask) throws -> PictureInpainter,
    _ settings: Settings, _ isCancelled: () -> Bool, _ progress: (Int, Int, Int) -> Void
  ) throws -> Outcome {
    let job = jobs[index]
    if !settings.overwrite, FileManager.default.fileExists(atPath: job.output) {
      return .alreadyThere
    }
    try Self.makeFolder(of: job.output)
    do {
      return try restore(job, inpainter, settings) { completed, total in
        progress(index, completed, total)
        if isCancelled() { throw Cancelled() }
      }
    } catch let error as Cancelled {
      throw error
    } catch {
      return .failed("\(error)")
    }
  }

  private struct Cancelled: Error {}

  private func restore(
    _ job: Job, _ chosen: (InpaintingTask) throws -> PictureInpainter,
    _ settings: Settings,
    progress: (Int, Int) throws -> Void
  ) throws -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let source = job.mask.map {
      InpaintingTask.Source.mask(path: $0, isInverted: settings.invertsMasks)
    }
    let task = try InpaintingTask(
      input: job.input, observed: source ?? settings.observed, truth: nil, size: nil,
      channels: nil, seed: settings.seed, missing: settings.missing, range: settings.range,
      scale: settings.scale)
    let inpainter = try chosen(task)
    if inpainter.size == nil { try task.checkHidden(path: job.input) }
    let picture = try inpainter.inpaint(task, progress: progress)
    let own = settings.pastesObserved ? picture.pasted : picture.rendered
    let loss = try PictureFile.write(
      task.stored(
        picture.resized ?? own, keepingObserved: settings.pastesObserved,
        for: PictureContainer(path: job.output)),
      to: job.output, overwrite: settings.overwrite)
    let quality = task.truth.map {
      InpaintingQuality(own, truth: $0, task.mask, known: task.known)
    }
    return .restored(
      task, picture, quality, seconds: (clock.now - start) / .seconds(1),
      notes: (task.source?.notes ?? []) + [loss].compactMap { $0 })
  }

  private static func makeFolder(of path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FolderInpaintingError.cannotMake(folder: folder)
    }
  }

  /// Throws where the results would be taken for pictures or masks by the next run.
  private static func requireOtherFolder(_ target: String, _ root: String, _ masks: String?) throws
  {
    for (folder, holds) in [(root, "pictures"), (masks, "masks")] {
      if let folder, FolderPictures.isSame(target, folder) {
        throw FolderInpaintingError.sameFolder(folder: target, holds: holds)
      }
    }
  }

  /// The paths of the results inside their folder, all different.
  ///
  /// A result has its picture's name with another extension. Pictures whose results would have one path keep
  /// their own extensions before it.
  private static func results(of names: [String], extensions: [String]) -> [String] {
    let stems = names.map { ($0 as NSString).deletingPathExtension }
    var whole = Set(repeated(stems))
    while true {
      let results = names.indices.map {
        (whole.contains($0) ? names[$0] : stems[$0]) + "." + extensions[$0]
      }
      // A name that is kept may be that of another result: those of a.jpg and a.png, and of a.jpg.png.
      let clashing = repeated(results)
      if whole.isSuperset(of: clashing) { return results }
      whole.formUnion(clashing)
    }
  }

  /// The indices of the names that occur more than once.
  private static func repeated(_ names: [String]) -> [Int] {
    Dictionary(grouping: names.indices, by: { names[$0] }).values.filter { $0.count > 1 }
      .flatMap { $0 }
  }

  /// The masks in a folder of pictures: those of other pictures in it.
  private static func masks(beside names: [String]) -> Set<String> {
    let stems = Set(names.map { ($0 as NSString).deletingPathExtension })
    return Set(
      names.filter { name in
        let stem = (name as NSString).deletingPathExtension
        return maskEndings.contains {
          stem.hasSuffix($0) && stems.contains(String(stem.dropLast($0.count)))
        }
      })
  }

  /// The name of a picture's mask among the pictures.
  private static func maskName(of name: String) -> String {
    let end = (name as NSString).pathExtension
    return (name as NSString).deletingPathExtension + maskEndings[0]
      + (end.isEmpty ? "" : "." + end)
  }

  /// What may follow a picture's name in that of its mask.
  private static let maskEndings = ["_mask", "-mask"]

  /// The mask of a picture among the names of masks; nil if there is none.
  private static func mask(of name: String, in masks: Set<String>) -> String? {
    if masks.contains(name) { return name }
    let stem = (name as NSString).deletingPathExtension
    let wanted = Set([stem] + maskEndings.map { stem + $0 })
    return masks.filter { wanted.contains(($0 as NSString).deletingPathExtension) }.min()
  }

  private static func withoutSlash(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

/// An error with the folders of an inpainting; the description is one line.
public enum FolderInpaintingError: Error, CustomStringConvertible, Equatable {
  /// A folder that cannot be listed, with the reason.
  case unreadable(String)
  /// A folder without a picture; the numbers of its other files by extension.
  case noPictures(folder: String, others: [String: Int])
  /// A folder for results that is the folder of what it `holds`, "pictures" or "masks".
  case sameFolder(folder: String, holds: String)
  /// A folder for results that cannot be made.
  case cannotMake(folder: String)

  /// The message.
  public var description: String {
    switch self {
    case .unreadable(let problem): problem
    case .noPictures(let folder, let others) where others.isEmpty:
      "\(folder): there is no picture in this folder; name the folder of the pictures"
    case .noPictures(let folder, let others):
      "\(folder): there is no picture of a known format in this folder, it holds "
        + others.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
        .map { "\($0.value) \($0.key.isEmpty ? "without an extension" : ".\($0.key)")" }
        .joined(separator: ", ") + "; convert the pictures first"
    case .sameFolder(let folder, let holds):
      "\(folder): the results cannot be written into the folder of the \(holds), where the next run would "
        + "take them for \(holds); name another folder"
    case .cannotMake(let folder):
      "\(folder): the folder cannot be made; check its name and the permissions around it"
    }
  }
}

extension FolderInpainting.Outcome {
  /// The number by which members of a group tell each other the kind of an outcome.
  fileprivate var number: Int {
    switch self {
    case .restored: 0
    case .alreadyThere: 1
    case .failed: 2
    }
  }
}

extension FolderInpainting.Summary: GroupMessage {
  /// Counts an outcome.
  fileprivate mutating func add(_ outcome: Int) {
    switch outcome {
    case 0: restored += 1
    case 1: alreadyThere += 1
    default: failed += 1
    }
  }

  package func append(to message: inout GroupBytes) {
    [restored, alreadyThere, failed, isCancelled ? 1 : 0].append(to: &message)
  }

  package init?(from message: inout GroupBytes) {
    guard let numbers = [Int](from: &message), numbers.count == 4 else { return nil }
    self.init()
    (restored, alreadyThere, failed) = (numbers[0], numbers[1], numbers[2])
    isCancelled = numbers[3] == 1
  }
}
