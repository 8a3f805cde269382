import Testing

/// A program that a launcher seems to have started, and that has no launcher to talk to.
@Suite("Without a launcher") struct ProcessGroupTests {
  @Test(
    "Several processes that each did all the work would overwrite each other's files, so none starts",
    arguments: [
      ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"],
      ["PMIX_RANK": "0", "SLURM_NTASKS": "3"],
    ])
  func refused(environment: [String: String]) throws {
    for program in [Program.siren, Program.hyper] {
      let outcome = try program.run(["--version"], environment: environment)
      #expect(outcome.exitCode != 0)
      #expect(outcome.output.isEmpty)
      #if MPI
        // What is said depends on what the library tries before it gives up.
        #expect(!outcome.errors.isEmpty)
      #else
        #expect(outcome.exitCode == 2)
        #expect(
          outcome.errors.contains("was built without MPI")
            && outcome.errors.contains("make build-mpi"))
      #endif
    }
  }

  @Test("One process of a launcher works alone")
  func one() throws {
    let outcome = try Program.siren.run(
      ["--version"],
      environment: ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"])
    #expect(outcome.exitCode == 0)
  }
}
