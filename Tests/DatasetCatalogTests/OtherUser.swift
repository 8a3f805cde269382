import Foundation
import Numerics

/// Runs work with the file permissions of a user who owns nothing, also where the tests run as
/// root, whom permissions do not stop.
///
/// The permissions are those of one thread: work must not hand file access to others.
func asNobody(_ work: @escaping @Sendable () throws -> Void) throws {
  let result = Guarded<Result<Void, any Error>>(.success(()))
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    #if os(Linux)
      // `setfsuid(2)` concerns the calling thread alone; its header is in no module.
      typealias Set = @convention(c) (UInt32) -> Int32
      for name in ["setfsgid", "setfsuid"] where geteuid() == 0 {
        if let symbol = dlsym(dlopen(nil, RTLD_NOW), name) {
          _ = unsafeBitCast(symbol, to: Set.self)(65_534)
        }
      }
    #endif
    let outcome = Result { try work() }
    result.withLock { $0 = outcome }
    done.signal()
  }
  thread.start()
  done.wait()
  try result.withLock { $0 }.get()
}
