#if !MPI
  import Testing

  /// A program that was built without MPI, started by a launcher.
  @Suite("Without MPI") struct ProcessGroupTests {
    @Test(
      "Several processes that each did all the work would overwrite each other's files, so none starts",
      arguments: [
        ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"],
        ["PMIX_RANK": "0", "SLURM_NTASKS": "3"],
      ])
    func refused(environment: [String: String]) throws {
      for program in [Program.siren, Program.hyper] {
        let outcome = try program.run(["--version"], environment: environment)
        #expect(outcome.exitCode == 2)
        #expect(outcome.output.isEmpty)
        #expect(
          outcome.errors.contains("was built without MPI")
            && outcome.errors.contains("make build-mpi"))
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
#endif
