#if MPI
  import COpenMPI
  import Foundation
  import Numerics

  /// Messages by Open MPI.
  ///
  /// An error of the library ends the process: without the other members nothing can be computed. The launcher then
  /// ends the job.
  struct OpenMPITransport: MessageTransport {
    let rank: Int
    let count: Int

    /// The most bytes of a call of the library, whose lengths have 31 bits.
    private static let most = 1 << 30

    /// Joins the job that `mpirun` started.
    ///
    /// - Parameter expected: the number of processes that the launcher named. A library that does not reach the launcher
    ///   finds one, and each process would do all the work.
    /// - Throws: ``ProcessGroupError`` if the library cannot be used.
    init(expected: Int) throws {
      var (rank, count): (Int32, Int32) = (0, 0)
      switch siren_mpi_join(&rank, &count) {
      case 0: break
      case -1: throw ProcessGroupError.oneThread
      default: throw ProcessGroupError.noStart
      }
      (self.rank, self.count) = (Int(rank), Int(count))
      guard self.count == expected else {
        throw ProcessGroupError.otherCount(expected: expected, actual: self.count)
      }
    }

    /// Leaves the job; waits for the other members.
    func leave() { siren_mpi_leave() }

    func send(_ bytes: UnsafeRawBufferPointer, to other: Int, as kind: MessageKind) {
      for start in stride(from: 0, to: bytes.count, by: Self.most) {
        let part = UnsafeRawBufferPointer(
          rebasing: bytes[start..<min(bytes.count, start + Self.most)])
        check(
          siren_mpi_send(part.baseAddress, Int32(part.count), Int32(other), kind.rawValue), other)
      }
    }

    func receive(_ bytes: UnsafeMutableRawBufferPointer, from other: Int, as kind: MessageKind) {
      for start in stride(from: 0, to: bytes.count, by: Self.most) {
        let part = UnsafeMutableRawBufferPointer(
          rebasing: bytes[start..<min(bytes.count, start + Self.most)])
        check(
          siren_mpi_receive(part.baseAddress, Int32(part.count), Int32(other), kind.rawValue), other
        )
      }
    }

    func waitingSender(_ kind: MessageKind) -> Int? {
      let sender = siren_mpi_sender(kind.rawValue)
      return sender < 0 ? nil : Int(sender)
    }

    func addUnordered(_ values: UnsafeMutableBufferPointer<Float>) {
      for start in stride(from: 0, to: values.count, by: Self.most / 4) {
        let part = UnsafeMutableBufferPointer(
          rebasing: values[start..<min(values.count, start + Self.most / 4)])
        check(siren_mpi_add(part.baseAddress, Int32(part.count)), nil)
      }
    }

    private func check(_ error: Int32, _ other: Int?) {
      guard error != 0 else { return }
      var text = [CChar](repeating: 0, count: Int(siren_mpi_description_length()))
      siren_mpi_describe(error, &text)
      let end = text.firstIndex(of: 0) ?? text.count
      let reason = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      ProcessGroup.end(
        "Error: rank \(rank) on \(ProcessGroup.host) cannot reach "
          + (other.map { "rank \($0)" } ?? "the other ranks") + ": \(reason)")
    }
  }
#endif
