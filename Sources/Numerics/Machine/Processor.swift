import CKernels
import Foundation

/// The processor's instruction sets, and the code path of this library.
public enum Processor {
  /// The environment variable that selects a lower instruction set than the best, for tests and
  /// comparisons.
  public static let pathVariable = CK_LEVEL_VARIABLE

  /// The instruction sets of the kernels, slowest first.
  public static let paths = ["portable", "avx2", "avx512"]

  /// The instruction set in use, one of ``paths``.
  public static var path: String { String(cString: ck_instruction_set()) }

  /// The instruction set that the environment variable requests; nil if it is not set.
  public static var requestedPath: String? {
    ProcessInfo.processInfo.environment[pathVariable]
  }

  /// The kernels that OpenBLAS chose, such as `Haswell` or `SkylakeX`.
  public static var matrixKernels: String { String(cString: ck_blas_core_name()) }

  /// The rate of single precision multiply-adds in registers with the instruction set in use, in
  /// operations per second; a multiply-add counts as two.
  ///
  /// It is the best of five measurements, because other programs can only make it slower.
  ///
  /// - Parameters:
  ///   - threads: the number of threads, at least 1 and at most `Parallel.threadCount`.
  ///   - seconds: the approximate duration of one measurement.
  public static func measuredPeak(threads: Int, seconds: Double = 0.05) -> Double {
    let rounds = Int64(max(1, seconds / secondsPerRound()))
    return (0..<5).reduce(0) { best, _ in
      max(best, rate(rounds: rounds, threads: max(1, min(threads, Parallel.threadCount))))
    }
  }

  private static func secondsPerRound() -> Double {
    let rounds: Int64 = 20_000
    var operations: Int64 = 0
    let seconds = elapsed {
      var value: Float = 1
      operations = ck_peak_work(rounds, &value)
    }
    return operations > 0 ? max(1e-12, seconds) / Double(rounds) : 1
  }

  private static func rate(rounds: Int64, threads: Int) -> Double {
    var value: Float = 1
    let perThread = ck_peak_work(1, &value) * rounds
    let seconds = elapsed {
      Parallel.forEach(threads) { thread in
        var value = Float(thread)
        _ = ck_peak_work(rounds, &value)
      }
    }
    return Double(perThread) * Double(threads) / max(1e-12, seconds)
  }

  private static func elapsed(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
