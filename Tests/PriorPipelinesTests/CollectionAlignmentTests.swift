import DatasetCatalog
import Foundation
import PriorPipelines
import TestSupport
import Testing

/// `train` decides which kind of prior suits a collection.
@Suite("The kind of prior that suits a collection", .serialized) struct CollectionAlignmentTests {
  /// The alignment that is reported by a training that is stopped once it is known.
  private func alignment(
    of location: CollectionLocation, _ settings: TrainingPipelineSettings
  ) throws -> (alignment: CollectionAlignment?, notices: [TrainingNotice]) {
    var settings = settings
    settings.kind = .automatic(.never)
    let log = EventLog()
    _ = try? TrainingPipeline(settings).run(
      on: location, shouldStop: { log.notices.contains { isAlignment($0) } }, report: log.add)
    let found = log.notices.compactMap { notice -> CollectionAlignment? in
      if case .alignment(let alignment) = notice { alignment } else { nil }
    }
    return (found.first, log.notices)
  }

  private func isAlignment(_ notice: TrainingNotice) -> Bool {
    if case .alignment = notice { true } else { false }
  }

  @Test("Three hundred drawn faces are aligned, as in the tutorial")
  func faces() throws {
    let faces = try FaceFolder(300, size: 32)
    var settings = faces.settings(.subspace(.picture, .never))
    settings.imageSize = 32
    let found = try #require(try alignment(of: faces.location, settings).alignment)
    #expect(found.isAligned)
    #expect(found.subspaceError < 0.85 * found.interpolationError)
  }

  @Test("Drawn scenes are not aligned")
  func scenes() throws {
    let scenes = try SceneFolder(150, sizes: [64])
    var settings = scenes.settings()
    settings.imageSize = 32
    let found = try #require(try alignment(of: scenes.location, settings).alignment)
    #expect(!found.isAligned)
    #expect(found.subspaceError > 0.95 * found.interpolationError)
  }

  @Test("A few pictures are judged by their sizes")
  func fewPictures() throws {
    let few = try SceneFolder(8, sizes: [100, 120])
    let (alignment, notices) = try alignment(of: few.location, few.settings())
    #expect(alignment == nil)
    #expect(notices.contains(.fewPicturesOfManySizes))
  }
}
