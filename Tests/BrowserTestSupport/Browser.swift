import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Chromium without a window, driven over two pipes by the DevTools protocol.
///
/// It draws in software, so tests need no graphics processor.
package final class Browser {
  /// Why a test that needs a browser is skipped where ``location`` is nil.
  package static let reason: Comment =
    "install Chromium (Scripts/install-dependencies.sh --browser), or set SIREN_BROWSER to one"

  /// The path of an installed browser: `SIREN_BROWSER`, or a Chromium in the search path.
  package static let location: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["SIREN_BROWSER"] { return named.isEmpty ? nil : named }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return ["chromium", "chromium-browser", "google-chrome"]
      .flatMap { name in folders.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Why a test that needs WebGPU is skipped where ``hasWebGPU`` is false.
  package static let reasonWithoutWebGPU: Comment =
    "the browser has no WebGPU adapter, not even one in software"

  /// Whether a browser that is asked to offers WebGPU, in software.
  package static let hasWebGPU: Bool = {
    guard location != nil, let folder = try? TemporaryFolder() else { return false }
    let path = folder.file("empty.html")
    guard (try? Data("<!doctype html>".utf8).write(to: URL(fileURLWithPath: path))) != nil,
      let browser = try? Browser(opening: path, readyWhen: "true", offersWebGPU: true)
    else { return false }
    let found = try? browser.evaluate("navigator.gpu?.requestAdapter().then(one => one !== null)")
    return found as? Bool == true
  }()

  /// What makes Chromium compute WebGPU in software, and show its canvases.
  private static let webGPUArguments = [
    "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
  ]

  /// The page did not do what a test waited for.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private let process = Process()
  private let folder: TemporaryFolder
  private var commands: Int32 = -1
  private var answers: Int32 = -1
  private var buffer = Data()
  private var lastNumber = 0
  private var session: String?
  /// Errors and warnings of the console, uncaught exceptions, and violations of the page's policy.
  package private(set) var problems: [String] = []
  /// The addresses of all requests, the page's own included.
  package private(set) var requests: [String] = []

  /// Seconds after which a browser that does not answer has failed; machines that test are busy.
  private static let patience = 120.0

  /// Opens a page.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - fragment: the part of the address after `#`.
  ///   - size: the window, in pixels.
  ///   - isDark: whether the reader prefers dark colours.
  ///   - condition: a script's expression that is true once the page is ready.
  ///   - offersWebGPU: whether the browser has WebGPU, in software.
  package init(
    opening path: String, fragment: String = "", size: (width: Int, height: Int) = (900, 600),
    isDark: Bool = false, readyWhen condition: String = "window.livePage !== undefined",
    offersWebGPU: Bool = false
  ) throws {
    let location = try #require(Self.location)
    folder = try TemporaryFolder()
    let pipes = try ["commands", "answers"].map { name -> String in
      let pipe = folder.file(name)
      try #require(mkfifo(pipe, 0o600) == 0)
      return pipe
    }
    // Open for both directions, so that neither end waits for the other.
    commands = open(pipes[0], O_RDWR)
    answers = open(pipes[1], O_RDWR)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "exec 3<\"$1\" 4>\"$2\"; shift 2; exec \"$0\" \"$@\"", location, pipes[0], pipes[1],
      "--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
      "--remote-debugging-pipe", "--user-data-dir=\(folder.file("profile"))", "--no-first-run",
      "--hide-scrollbars", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
      "--window-size=\(size.width),\(size.height)",
    ]
    process.arguments? += (offersWebGPU ? Self.webGPUArguments : []) + ["about:blank"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let targets = try send("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
    let target = try #require(
      targets.first { $0["type"] as? String == "page" }?["targetId"] as? String)
    session =
      try send("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"]
      as? String
    for domain in ["Runtime", "Page", "Network", "Log"] { try send("\(domain).enable") }
    try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": false])
    try send(
      "Emulation.setEmulatedMedia",
      ["features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]]])
    var address = URLComponents(string: "file:///") ?? URLComponents()
    address.path = path
    address.fragment = fragment.isEmpty ? nil : fragment
    try send("Page.navigate", ["url": address.string ?? ""])
    try wait(for: condition)
  }

  deinit {
    _ = try? send("Browser.close", patience: 5)
    let deadline = Date(timeIntervalSinceNow: 5)
    while process.isRunning && Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    close(commands)
    close(answers)
  }

  // MARK: Commands

  /// The value of a script's expression; promises are awaited.
  @discardableResult
  package func evaluate(_ expression: String) throws -> Any? {
    let answer = try send(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let details = answer["exceptionDetails"] as? [String: Any] {
      let text = (details["exception"] as? [String: Any])?["description"] as? String
      throw Failure(description: "\(expression): \(text ?? "\(details)")")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// A number that a script computes.
  package func number(_ expression: String) throws -> Double {
    guard let value = try evaluate(expression) as? Double else {
      throw Failure(description: "\(expression) is no number")
    }
    return value
  }

  /// Numbers that a script computes.
  package func numbers(_ expression: String) throws -> [Double] {
    guard let values = try evaluate(expression) as? [Double] else {
      throw Failure(description: "\(expression) are no numbers")
    }
    return values
  }

  /// Bytes that a script computes, in base64.
  package func bytes(_ expression: String) throws -> [UInt8] {
    guard let text = try evaluate(expression) as? String, let data = Data(base64Encoded: text)
    else { throw Failure(description: "\(expression) are no bytes") }
    return [UInt8](data)
  }

  /// Waits until a script's condition holds.
  package func wait(for condition: String) throws {
    let deadline = Date(timeIntervalSinceNow: Self.patience)
    while Date() < deadline && process.isRunning {
      // A condition on what is not there yet throws.
      if let value = try? evaluate(condition), value as? Bool == true { return }
      Thread.sleep(forTimeInterval: 0.02)
    }
    throw Failure(
      description: "'\(condition)' did not come true in \(Self.patience) s; \(problems)")
  }

  /// Waits until the page has drawn all that it wants to draw.
  package func waitUntilComplete() throws { try wait(for: "livePage.isComplete()") }

  /// Presses and releases a key.
  package func press(_ key: String) throws {
    var parameters: [String: Any] = ["type": "keyDown", "key": key, "code": key]
    if key.count == 1 { parameters["text"] = key }
    try send("Input.dispatchKeyEvent", parameters)
    try send("Input.dispatchKeyEvent", ["type": "keyUp", "key": key, "code": key])
  }

  /// Moves the pointer, presses, releases or turns its wheel.
  package func pointer(_ type: String, _ x: Double, _ y: Double, wheel: Double = 0) throws {
    var parameters: [String: Any] = ["type": type, "x": x, "y": y]
    if type == "mouseWheel" {
      parameters["deltaX"] = 0
      parameters["deltaY"] = wheel
    } else if type != "mouseMoved" {
      parameters["button"] = "left"
      parameters["clickCount"] = 1
    } else {
      parameters["buttons"] = isPressed ? 1 : 0
    }
    if type == "mousePressed" { isPressed = true }
    if type == "mouseReleased" { isPressed = false }
    try send("Input.dispatchMouseEvent", parameters)
  }
  private var isPressed = false

  /// What the window shows, as a PNG file.
  package func screenshot() throws -> Data {
    let answer = try send("Page.captureScreenshot", ["format": "png"])
    guard let text = answer["data"] as? String, let data = Data(base64Encoded: text) else {
      throw Failure(description: "no screenshot")
    }
    return data
  }

  // MARK: The protocol

  @discardableResult
  private func send(
    _ method: String, _ parameters: [String: Any] = [:], patience: Double = Browser.patience
  ) throws -> [String: Any] {
    lastNumber += 1
    var message: [String: Any] = ["id": lastNumber, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    let data = try JSONSerialization.data(withJSONObject: message) + [0]
    try data.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = write(commands, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
        guard count > 0 else { throw Failure(description: "the browser does not listen") }
        sent += count
      }
    }
    let deadline = Date(timeIntervalSinceNow: patience)
    while true {
      let answer = try receive(until: deadline)
      if answer["id"] as? Int == lastNumber {
        if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
        return answer["result"] as? [String: Any] ?? [:]
      }
      note(answer)
    }
  }

  private func receive(until deadline: Date) throws -> [String: Any] {
    while true {
      if let end = buffer.firstIndex(of: 0) {
        let message = buffer[buffer.startIndex..<end]
        buffer = Data(buffer[(end + 1)...])
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      var descriptor = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      let ready = poll(&descriptor, 1, 200)
      if ready > 0 {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(answers, &bytes, bytes.count)
        if count > 0 { buffer.append(contentsOf: bytes[0..<count]) }
      } else if !process.isRunning || Date() > deadline {
        throw Failure(
          description: process.isRunning ? "the browser does not answer" : "the browser ended")
      }
    }
  }

  /// Whether `text` is a browser's remark with which nothing is wrong.
  ///
  /// A driver that renders in software remarks on speed now and then. A browser without WebGPU says that it has no
  /// adapter when a page asks for one.
  package static func isHarmless(_ text: String) -> Bool {
    text.contains("GL Driver Message (OpenGL, Performance,") || text == "No available adapters."
  }

  /// Remembers what a page should not do.
  private func note(_ event: [String: Any]) {
    let parameters = event["params"] as? [String: Any] ?? [:]
    switch event["method"] as? String {
    case "Runtime.exceptionThrown": problems.append("exception: \(parameters)")
    case "Runtime.consoleAPICalled": problems.append("console: \(parameters["args"] ?? "")")
    case "Log.entryAdded":
      let text = "\((parameters["entry"] as? [String: Any])?["text"] ?? "")"
      if !Self.isHarmless(text) { problems.append("log: \(text)") }
    case "Network.requestWillBeSent":
      requests.append((parameters["request"] as? [String: Any])?["url"] as? String ?? "")
    default: break
    }
  }
}
