import Foundation

/// Writes one line to standard error.
public func printMessage(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// A text on one line with escaped control characters.
///
/// A hostile file name can then neither break a message into two lines nor control a terminal.
public func singleLine(_ text: String) -> String {
  var line = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .lineSeparator, .paragraphSeparator: line += " "
    case .control where scalar == "\n": line += " "
    case .control, .format: line += scalar.escaped(asASCII: true)
    default: line.unicodeScalars.append(scalar)
    }
  }
  return line
}
