/// What a launcher such as `mpirun` tells a process that it starts.
struct LaunchedProcess: Equatable {
  /// The number of this process, from 0.
  let rank: Int
  /// The number of processes.
  let count: Int

  /// The names of the rank and of the number, by launcher: Open MPI's own, and Slurm's `srun --mpi=pmix`.
  private static let names = [
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMIX_RANK", "SLURM_NTASKS"),
  ]

  /// Nil for a process that no launcher started, or that is alone.
  init?(_ environment: [String: String]) {
    for (rank, count) in Self.names {
      if let rank = environment[rank].flatMap(Int.init),
        let count = environment[count].flatMap(Int.init), count > 1, (0..<count).contains(rank)
      {
        (self.rank, self.count) = (rank, count)
        return
      }
    }
    return nil
  }
}
