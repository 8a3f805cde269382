/// The reason why a process cannot join the others; the description is one line.
public enum ProcessGroupError: Error, CustomStringConvertible, Equatable {
  /// The program was started by a launcher, and built without MPI.
  case builtWithout(count: Int)
  /// The library allows one thread only.
  case oneThread
  /// The library cannot be started.
  case noStart
  /// The library found another number of processes than the launcher named, so it did not reach the launcher.
  case otherCount(expected: Int, actual: Int)
  /// The process that watches over a rank cannot start it.
  case noChild(reason: String)

  /// The message.
  public var description: String {
    switch self {
    case .builtWithout(let count):
      "this program was built without MPI and cannot share the work of \(count) processes; build it with "
        + "'make build-mpi', or start it without mpirun"
    case .oneThread:
      "this MPI library allows one thread only; use an Open MPI that was built with MPI_THREAD_MULTIPLE"
    case .noStart: "MPI cannot be started; start the program with the mpirun of the same Open MPI"
    case .otherCount(let expected, let actual):
      "MPI found \(actual) of \(expected) processes; start the program with the mpirun of the same Open MPI, or with "
        + "'srun --mpi=pmix'"
    case .noChild(let reason): "the rank's process cannot be started: \(reason)"
    }
  }
}
