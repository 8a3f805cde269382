import Foundation
import FuzzTargets
import Numerics

// What libFuzzer calls; its own main function comes from the compiler's runtime. The environment names the
// target, because the arguments are libFuzzer's: see Scripts/fuzz.sh.

/// The chosen target.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["SIREN_FUZZ_TARGET"] ?? ""
  guard let target = FuzzTarget.named(name) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: " ")
    FileHandle.standardError.write(
      Data("error: SIREN_FUZZ_TARGET is '\(name)', expected one of: \(names)\n".utf8))
    exit(2)
  }
  return target
}()

/// Writes the examples into the folder named by `SIREN_FUZZ_SEEDS`, or the names of all targets to the output.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutableRawPointer
) -> Int32 {
  let environment = ProcessInfo.processInfo.environment
  if environment["SIREN_FUZZ_TARGET"] == "list" {
    for target in FuzzTarget.all { print(target.name) }
    exit(0)
  }
  if let folder = environment["SIREN_FUZZ_SEEDS"] {
    do {
      for (index, seed) in try target.seeds().enumerated() {
        try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(index)"))
      }
    } catch {
      FileHandle.standardError.write(Data("error: the examples: \(error)\n".utf8))
      exit(2)
    }
  }
  return 0
}

/// Reads one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  // Small inputs are not worth a second thread, and libFuzzer counts what one thread covers.
  Parallel.withThreadCount(1) {
    _ = target.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  }
  return 0
}
