import Fields
import Fitting
import Foundation
import Numerics
import TestSupport
import Testing

/// Written fields in PyTorch, where one is at hand.
@Suite struct PyTorchTests {
  /// A Python with PyTorch, from `SIREN_PYTHON`.
  private static let python = ProcessInfo.processInfo.environment["SIREN_PYTHON"]

  /// Builds the notebook's network from a file's arrays by their names alone, loads them strictly, and
  /// prints its outputs on a grid of 5 x 4 points.
  private static let script = """
    import json, struct, sys, torch
    data = open(sys.argv[1], "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[8 + length + start:8 + length + end]), dtype=torch.float32)
        state[name] = values.reshape(entry["shape"])
    class SineLayer(torch.nn.Module):
        def __init__(self, inputs, outputs, omega):
            super().__init__()
            self.linear, self.omega = torch.nn.Linear(inputs, outputs), omega
        def forward(self, x):
            return torch.sin(self.omega * self.linear(x))
    class Siren(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = torch.nn.Sequential(
                SineLayer(2, 8, 17), SineLayer(8, 8, 30), SineLayer(8, 8, 30), torch.nn.Linear(8, 3))
        def forward(self, x):
            return self.net(x)
    model = Siren()
    model.load_state_dict(state, strict=True)
    rows, columns = torch.linspace(-1, 1, 4), torch.linspace(-1, 1, 5)
    grid = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), -1).reshape(-1, 2)
    print(json.dumps(model(grid).flatten().tolist()))
    """

  @Test(.enabled(if: python != nil, "set SIREN_PYTHON to a Python that has PyTorch"))
  func fieldsAreReadByPyTorch() throws {
    var random = Xoshiro256(seed: 2)
    let field = Siren(
      SirenArchitecture(hiddenWidth: 8, hiddenLayers: 2, outputs: 3, omegaFirst: 17),
      random: &random)
    let folder = try TemporaryFolder()
    let path = folder.file("m.safetensors")
    try FieldFile.write(
      field, to: path, signal: .image(width: 5, height: 4, channels: 3), overwrite: false)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.python))
    process.arguments = ["-c", Self.script, path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let expected = try JSONDecoder().decode([Float].self, from: printed)
    let grid = (0..<20).flatMap { point -> [Float] in
      [-1 + 2 * Float(point / 5) / 3, -1 + 2 * Float(point % 5) / 4]
    }
    #expect(errorRelativeToLargest(field.evaluate(at: grid).value, expected) < 1e-5)
  }
}
