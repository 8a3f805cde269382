import CommandSupport
import Files
import Reporting
import Signals

/// Throws if an output file cannot be written, before the work for it begins.
func checkOutput(_ path: String, _ options: OverwriteOptions) throws {
  try AtomicFile.checkWritable(path, overwrite: options.force)
}

/// The same for a picture, whose extension must be that of a format that is written.
func checkPictureOutput(_ path: String, _ options: OverwriteOptions) throws {
  try checkOutput(path, options)
  _ = try PictureContainer(path: path)
}

/// Writes a sheet; a sheet that is too large is a usage error.
///
/// - Parameter advice: what to pass instead, for the error message.
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
  try ImageFile.write(sheet, to: path, overwrite: options.force)
  return sheet
}
