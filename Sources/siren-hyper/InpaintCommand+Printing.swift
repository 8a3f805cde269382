import CommandSupport
import Foundation
import ImagePriors
import Signals

extension InpaintCommand {
  /// Prints the result as text.
  ///
  /// - Parameter side: the side of the model's pictures in pixels; nil for a model of pictures of any size.
  func printText(
    _ target: String, _ task: InpaintingTask, _ quality: InpaintingQuality?,
    _ picture: InpaintedPicture, _ seconds: Double, side: Int?
  ) {
    let pixels = task.width * task.height
    let share = String(format: "%.1f", 100 * Double(task.observations.count) / Double(pixels))
    print(
      "\(singleLine(target)): restored from \(task.observations.count) points "
        + "(\(share)% of \(task.width)x\(task.height)) in \(formatDuration(seconds)), "
        + "\(task.missingCount) pixels were missing")
    if let side, let reason = reason(task, picture, side: side) { print("  \(reason)") }
    if let refined = picture.refined { print("  \(describe(refined))") }
    if let quality {
      print(quality.line("all pixels       ", quality.all, quality.structuralSimilarity))
      if let unobserved = quality.unobserved {
        print(quality.line("unobserved pixels", unobserved, nil))
      }
    }
    if let sheet { print("sheet: \(singleLine(sheet))") }
    if let uncertainty {
      print(
        singleLine("uncertainty: \(uncertainty), variances \(variancePath(uncertainty))"))
    }
    if next != nil {
      let unit = observed.table.positions == .pixels ? "" : ", in the unit of the table"
      print("next points to measure, best first\(unit):\nx,y")
      for point in nextPositions(picture, task) { print("\(point.x),\(point.y)") }
    }
  }

  /// The points to measure next, as a table of points gives its positions.
  private func nextPositions(
    _ picture: InpaintedPicture, _ task: InpaintingTask
  ) -> [(x: JSONValue, y: JSONValue)] {
    picture.next.map {
      let place = observed.table.positions.position(
        ofRow: $0.row, column: $0.column, width: task.width, height: task.height)
      return (.number(place.x), .number(place.y))
    }
  }

  /// Prints what was noticed about the picture's file, and how its samples are read where that is not plain.
  ///
  /// - Parameter missing: of each pixel, whether it is missing; nil if none is.
  func printRemarks(about picture: StoredPicture, except missing: [Bool]?) {
    for note in picture.notes { printMessage("Note: \(singleLine(note))") }
    if let remark = picture.rangeRemark { printMessage(remark) }
    if let remark = picture.beyondRangeRemark(except: missing) { printMessage("Note: \(remark)") }
  }

  /// The result as JSON.
  func json(
    _ target: String, _ task: InpaintingTask, _ quality: InpaintingQuality?,
    _ picture: InpaintedPicture, _ seconds: Double
  ) -> [String: JSONValue] {
    [
      "output": .string(target), "points": .integer(task.observations.count),
      "missing": .integer(task.missingCount),
      "skipped_rows": task.table.map { .integer($0.skippedRows) } ?? .null,
      "next": .array(nextPositions(picture, task).map { .array([$0.x, $0.y]) }),
      "windows": .integer(picture.windows),
      "samples": .string(task.source?.format.type.rawValue),
      "range": range(of: task),
      "refined_steps": .number(picture.refined.map { Double($0.steps) }),
      "mse": .number(quality?.all),
      "mse_unobserved": .number(quality?.unobserved),
      "psnr": .number(quality.map { Quality.peakSignalToNoise(meanSquaredError: $0.all) }),
      "psnr_unobserved": .number(
        quality?.unobserved.map { Quality.peakSignalToNoise(meanSquaredError: $0) }),
      "ssim": .number(quality?.structuralSimilarity), "seconds": .number(seconds),
    ]
  }

  /// The samples of the picture, or the values of the table, that are 0 and 1 inside.
  private func range(of task: InpaintingTask) -> JSONValue {
    if let range = task.source?.format.range {
      return [.number(range.low), .number(range.high)]
    }
    guard let range = task.table?.range else { return .null }
    return [.number(range.lowerBound), .number(range.upperBound)]
  }

  /// The reason for restoring the picture as a whole or in windows; nil where it is obvious.
  private func reason(
    _ task: InpaintingTask, _ picture: InpaintedPicture, side: Int
  ) -> String? {
    if picture.windows > 0 {
      let count =
        picture.windows < picture.allWindows
        ? "\(picture.windows) of \(picture.allWindows)" : "\(picture.windows)"
      return "in \(count) overlapping windows of \(side)x\(side)"
        + (windows == nil ? ", because the model was trained on windows" : "")
    }
    let isLarge = max(task.width, task.height) > 2 * side
    return windows == nil && isLarge
      ? "as a whole, because the model was trained on whole pictures; --windows restores windows"
      : nil
  }
}
