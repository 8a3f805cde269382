import Foundation
import ImagePriors
import TestSupport
import Testing

@Suite("The bundled model") struct BundledModelTests {
  private func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  @Test func theNamedFolderCountsAlone() throws {
    let folder = try TemporaryFolder()
    let program = folder.file("bin/siren-hyper")
    let installed = try folder.makeFolder("share/siren-hyper")
    try folder.write("", to: "share/siren-hyper/faces.safetensors")
    let other = try folder.makeFolder("other")
    #expect(throws: BundledModelError.notInNamedFolder(other, fileName: "faces.safetensors")) {
      try BundledModel.faces.path(program: program, environment: ["SIREN_MODELS": other])
    }
    try folder.write("", to: "other/faces.safetensors")
    #expect(
      try BundledModel.faces.path(program: program, environment: ["SIREN_MODELS": other])
        == other + "/faces.safetensors")
    // An empty variable is none.
    #expect(
      try BundledModel.faces.path(program: program, environment: ["SIREN_MODELS": ""])
        == installed + "/faces.safetensors")
  }

  @Test func anInstalledModelComesBeforeTheRepositorys() throws {
    let folder = try TemporaryFolder()
    let build = try folder.makeFolder("repository/.build/release")
    let program = try folder.write("", to: "repository/.build/release/siren-hyper")
    #expect(throws: BundledModelError.missing(fileName: "faces.safetensors")) {
      try BundledModel.faces.path(program: program, environment: [:])
    }
    // A folder of that name is not a model.
    try folder.makeFolder("repository/Models/faces.safetensors")
    #expect(throws: BundledModelError.missing(fileName: "faces.safetensors")) {
      try BundledModel.faces.path(program: program, environment: [:])
    }
    try FileManager.default.removeItem(atPath: folder.file("repository/Models/faces.safetensors"))
    try folder.write("", to: "repository/Models/faces.safetensors")
    #expect(
      resolved(try BundledModel.faces.path(program: program, environment: [:]))
        == resolved(folder.file("repository/Models/faces.safetensors")))
    try folder.makeFolder("repository/.build/share/siren-hyper")
    try folder.write("", to: "repository/.build/share/siren-hyper/faces.safetensors")
    #expect(
      resolved(try BundledModel.faces.path(program: build + "/siren-hyper", environment: [:]))
        == resolved(folder.file("repository/.build/share/siren-hyper/faces.safetensors")))
  }

  @Test func linksToTheProgramAreFollowed() throws {
    let folder = try TemporaryFolder()
    try folder.makeFolder("prefix/bin")
    try folder.makeFolder("prefix/share/siren-hyper")
    try folder.makeFolder("links")
    let program = try folder.write("", to: "prefix/bin/siren-hyper")
    try folder.write("", to: "prefix/share/siren-hyper/faces.safetensors")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("links/siren-hyper"), withDestinationPath: program)
    #expect(
      resolved(
        try BundledModel.faces.path(program: folder.file("links/siren-hyper"), environment: [:]))
        == resolved(folder.file("prefix/share/siren-hyper/faces.safetensors")))
  }

  @Test("Each bundled model has a file of its own")
  func namesOfModels() throws {
    let folder = try TemporaryFolder()
    let models = try folder.makeFolder("models")
    for model in BundledModel.allCases {
      #expect(BundledModel(rawValue: model.rawValue) == model)
      #expect(throws: BundledModelError.notInNamedFolder(models, fileName: model.fileName)) {
        try model.path(program: folder.file("bin/a"), environment: ["SIREN_MODELS": models])
      }
    }
    try folder.write("", to: "models/scenes.safetensors")
    #expect(
      try BundledModel.scenes.path(program: "a", environment: ["SIREN_MODELS": models])
        == models + "/scenes.safetensors")
    #expect(
      "\(BundledModelError.missing(fileName: BundledModel.scenes.fileName))"
        == "no model was given and the bundled model scenes.safetensors was not found; pass --model "
        + "FILE, train a model with 'siren-hyper train', or set SIREN_MODELS to the model's folder")
  }
}
