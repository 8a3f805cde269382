import Files
import Foundation
import ImagePriors
import PriorPipelines
import PriorTestSupport
import Signals
import SubspacePriors
import TestSupport
import Testing
import Training

extension SafetensorsArchive {
  /// The same prior with the names that files had before theirs were the standard terms.
  func withEarlierNames() throws -> SafetensorsArchive {
    var result = self
    result.metadata["kind"] = "siren-hyper component prior"
    result.metadata["configuration"] = try #require(metadata["configuration"])
      .replacingOccurrences(of: #""fillDistanceExponent":"#, with: #""clusteringExponent":"#)
      .replacingOccurrences(of: #""residualNetwork":"#, with: #""correction":"#)
    result.arrays = arrays.map { own in
      let name =
        switch own.name {
        case "residual_variance": "leftover"
        case "calibration": "settings"
        default: own.name.replacingOccurrences(of: "residual_network.", with: "correction.")
        }
      return .init(name: name, shape: own.shape, values: own.values, isHalf: own.isHalf)
    }
    return result
  }
}

@Suite("Files of subspace priors") struct SubspaceFileTests {
  @Test func aPriorSurvivesItsFile() throws {
    let prior = try LearnedPrior.prior.get()
    let folder = try TemporaryFolder()
    let path = folder.file("prior.safetensors")
    try prior.write(to: path, provenance: ["program": "test"], overwrite: false)
    let again = try SubspacePrior.read(path)
    #expect(try again.archive() == (try prior.archive()))
    let read = try #require(
      try ImagePriorFile.read(path) as? SubspacePrior, "the file is read as a network")
    #expect(read == again)
  }

  @Test("The names in a file are the standard terms")
  func names() throws {
    let archive = try LearnedPrior.prior.get().archive()
    #expect(archive.metadata["kind"] == "siren-hyper subspace prior")
    #expect(try #require(archive.metadata["configuration"]).contains("fillDistanceExponent"))
    #expect(
      archive.arrays.map(\.name).sorted() == [
        "calibration", "channel_axes", "channel_scales", "codes", "functions", "loadings", "mean",
        "residual_variance",
      ])
  }

  @Test("A file with the earlier names reads as the same prior")
  func earlierNames() throws {
    let archive = try LearnedPrior.prior.get().archive()
    let folder = try TemporaryFolder()
    let (path, earlier) = (folder.file("prior.safetensors"), folder.file("earlier.safetensors"))
    try AtomicFile.write(try archive.encoded(), to: path, overwrite: false)
    let renamed = try archive.withEarlierNames()
    #expect(renamed["leftover"] != nil && renamed["residual_variance"] == nil)
    try AtomicFile.write(try renamed.encoded(), to: earlier, overwrite: false)
    let read = try #require(try ImagePriorFile.read(earlier) as? SubspacePrior)
    #expect(read == (try SubspacePrior.read(path)))
    #expect(try read.archive() == archive)
  }

  @Test("The bundled model, which has the earlier names, is read and written with the current ones")
  func bundledModel() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Models/faces.safetensors").path
    let prior = try SubspacePrior.read(path)
    let folder = try TemporaryFolder()
    let copy = folder.file("copy.safetensors")
    try prior.write(to: copy, overwrite: false)
    let archive = try prior.archive()
    #expect(archive["leftover"] == nil && archive["residual_variance"] != nil)
    #expect(archive.arrays.contains { $0.name.hasPrefix("residual_network.") })
    #expect(try SubspacePrior.read(copy) == prior)
  }

  @Test("Files from before the Mahalanobis exponent are read")
  func earlierFiles() throws {
    let archive = try LearnedPrior.prior.get().archive()
    var earlier = archive
    earlier.metadata["configuration"] = #"{"imageSize":8,"channels":3,"noise":0.001}"#
    earlier.arrays = archive.arrays.map { own in
      guard own.name == "calibration" else { return own }
      let columns = own.shape[1]
      let values = own.values.indices.filter { $0 % columns != 2 }.map { own.values[$0] }
      return .init(name: own.name, shape: [own.shape[0], columns - 1], values: values)
    }
    let folder = try TemporaryFolder()
    let path = folder.file("earlier.safetensors")
    try AtomicFile.write(try earlier.encoded(), to: path, overwrite: false)
    let read = try SubspacePrior.read(path)
    let written = try #require(try read.archive()["calibration"])
    #expect(
      stride(from: 2, to: written.values.count, by: written.shape[1]).allSatisfy {
        written.values[$0] == 0
      })
  }

  @Test func aDamagedFileIsRefused() throws {
    let archive = try LearnedPrior.prior.get().archive()
    let folder = try TemporaryFolder()
    let path = folder.file("bad.safetensors")
    var number = 0
    func expectRefusal(_ archive: SafetensorsArchive, _ what: String) throws {
      number += 1
      try AtomicFile.write(try archive.encoded(), to: path, overwrite: number > 1)
      #expect(throws: PriorError.self, "\(what)") { try ImagePriorFile.read(path) }
    }
    for array in archive.arrays where array.name != "mirror" {
      var lacking = archive
      lacking.arrays.removeAll { $0.name == array.name }
      try expectRefusal(lacking, "without \(array.name)")
      for bad in [Float.nan, -1e9]
      where !(bad < 0 && ["mean", "loadings", "codes"].contains(array.name)) {
        var damaged = archive
        damaged.arrays = archive.arrays.map { own in
          guard own.name == array.name else { return own }
          var values = own.values
          values[0] = bad
          return .init(name: own.name, shape: own.shape, values: values)
        }
        try expectRefusal(damaged, "\(array.name) with \(bad)")
      }
      var short = archive
      short.arrays = archive.arrays.map { own in
        own.name == array.name ? .init(name: own.name, shape: [1], values: [0]) : own
      }
      try expectRefusal(short, "\(array.name) of one value")
    }
    for configuration in [
      "{}", #"{"imageSize":100000,"channels":3,"noise":0.1}"#,
      #"{"imageSize":8,"channels":0,"noise":0.1}"#, #"{"imageSize":8,"channels":3,"noise":0}"#,
      #"{"imageSize":8,"channels":3,"noise":0.1,"fillDistanceExponent":2}"#,
    ] {
      var other = archive
      other.metadata["configuration"] = configuration
      try expectRefusal(other, configuration)
    }
    #expect(number > 20)
  }
}
