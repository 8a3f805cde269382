import CKernels

/// Settings of the process's memory.
public enum ProcessMemory {
  /// Keeps freed memory in the process instead of giving it back to the system.
  ///
  /// Training allocates and frees the same large arrays in every step; fresh pages from the system
  /// took a seventh of its time (measured with `perf`: page faults and page clearing). For
  /// programs, not for libraries: it changes the whole process.
  public static func keepFreed() { ck_keep_freed_memory() }
}
