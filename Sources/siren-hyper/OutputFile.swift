import CommandSupport
import Files
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
