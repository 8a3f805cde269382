import CommandSupport
import Files
import Reporting
import Signals

/// Refuses an output file that cannot be written, before the work for it begins.
func checkOutput(_ path: String, _ options: OverwriteOptions) throws {
  do {
    try AtomicFile.checkWritable(path, overwrite: options.force)
  } catch let error as FileError where error.kind == .exists {
    throw CommandFailure.data(
      "\(path): the file exists already; name another, or replace it with --force")
  }
}

/// Writes a sheet; one that is too large is a fault of the command line.
///
/// - Parameter advice: what to ask for instead.
@discardableResult
func writeSheet(
  to path: String, _ options: OverwriteOptions, advice: String, _ make: () throws -> Image
) throws -> Image {
  let sheet: Image
  do {
    sheet = try make()
  } catch let error as ContactSheetTooLarge {
    throw CommandFailure.usage("\(error): \(advice)")
  }
  try ImageFile.writePNG(sheet, to: path, overwrite: options.force)
  return sheet
}
