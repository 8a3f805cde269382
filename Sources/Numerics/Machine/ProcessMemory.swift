import CKernels
import Foundation

/// The process's memory: settings and measures.
public enum ProcessMemory {
  /// Keeps freed memory in the process instead of returning it to the system.
  ///
  /// Training allocates and frees the same large arrays in every step, and fresh pages from the
  /// system took a seventh of its time (measured with `perf`: page faults and page clearing). The
  /// setting changes the whole process, so it is for programs and not for libraries.
  public static func keepFreed() { ck_keep_freed_memory() }

  /// Returns freed memory to the system once, so that ``peak`` does not count it.
  public static func releaseFreed() { ck_release_freed_memory() }

  /// Resets ``peak`` to the memory in use now, if the system supports it (Linux).
  public static func resetPeak() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    // Some containers refuse it. The peak is then that of the whole process.
    try? file.write(contentsOf: Data("5".utf8))
    try? file.close()
  }

  /// The peak resident memory since the start or since ``resetPeak()`` in bytes; nil if the system does
  /// not report it (systems other than Linux).
  public static var peak: Int? {
    guard let status = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
    for line in String(decoding: status, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      return fields.count == 3 ? Int(fields[1]).map { $0 * 1_024 } : nil
    }
    return nil
  }
}
