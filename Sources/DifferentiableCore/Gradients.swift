import Synchronization

/// What a derivative rule is given.
struct Pullback {
  /// The operation's inputs.
  let inputs: [Tensor]
  /// Its result; only for operations that asked to keep it.
  let output: Tensor
  /// The derivative of the final value with respect to the result, of the result's shape.
  let cotangent: Tensor
  /// Which inputs need a derivative; the others may be answered with nil.
  let needed: [Bool]
}

/// A derivative rule: from the cotangent of the result to those of the inputs, written in
/// differentiable operations so that rules of any order compose.
typealias Rule = @Sendable (Pullback) -> [Tensor?]

/// One recorded operation: immutable, numbered in order of creation, so inputs have lower numbers.
final class Node: Sendable {
  private static let counter = Atomic<UInt64>(0)

  let number: UInt64
  let inputs: [Tensor]
  let rule: Rule?
  /// The result's memory where the rule wants it; the tensor is rebuilt around it, because holding
  /// the tracked result itself would be a reference cycle.
  let outputShape: [Int]
  let outputBuffer: TensorBuffer?

  init(inputs: [Tensor], rule: Rule?, outputShape: [Int], outputBuffer: TensorBuffer?) {
    self.number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
    self.inputs = inputs
    self.rule = rule
    self.outputShape = outputShape
    self.outputBuffer = outputBuffer
  }
}

extension Tensor {
  /// The same values as a variable: operations on it are recorded, and
  /// ``gradients(of:withRespectTo:seed:differentiable:)`` can differentiate with respect to it.
  ///
  /// A tensor that is tracked already stays connected to what it was computed from.
  public func tracked() -> Tensor {
    let node =
      isTracked
      ? Node(
        inputs: [self], rule: { [$0.cotangent] }, outputShape: shape, outputBuffer: nil)
      : Node(inputs: [], rule: nil, outputShape: shape, outputBuffer: nil)
    return Tensor(shape: shape, buffer: buffer, node: node)
  }

  /// This result with its derivative rule, recorded if any input is tracked.
  func recorded(
    from inputs: [Tensor], keepingOutput: Bool = false, _ rule: @escaping Rule
  ) -> Tensor {
    guard inputs.contains(where: { $0.isTracked }) else { return self }
    let node = Node(
      inputs: inputs, rule: rule, outputShape: shape, outputBuffer: keepingOutput ? buffer : nil)
    return Tensor(shape: shape, buffer: buffer, node: node)
  }
}

/// The derivatives of `sum(seed * output)` with respect to each variable, by reverse accumulation.
///
/// - Parameters:
///   - output: any tensor; of one value if no seed is given.
///   - variables: tracked tensors that `output` was computed from, or intermediate results of that
///     computation. One that `output` does not depend on gets zeros.
///   - seed: weights of the output's values, of its shape; ones if nil.
///   - differentiable: whether the derivatives are recorded too, to be differentiated again.
/// - Returns: one tensor a variable, of its shape.
public func gradients(
  of output: Tensor, withRespectTo variables: [Tensor], seed: Tensor? = nil,
  differentiable: Bool = false
) -> [Tensor] {
  precondition(
    seed == nil || seed?.shape == output.shape,
    "a seed of shape \(seed?.shape ?? []) does not fit an output of shape \(output.shape)")
  let zeros = { variables.map { Tensor.zeros($0.shape) } }
  guard let root = output.node else { return zeros() }

  let targets = Set(variables.compactMap { $0.node.map(ObjectIdentifier.init) })
  let ordered = reachableNodes(from: root)
  // A node matters if a variable lies at or below it; inputs come before their users.
  var relevant = Set<ObjectIdentifier>()
  for node in ordered.reversed() {
    let name = ObjectIdentifier(node)
    if targets.contains(name)
      || node.inputs.contains(where: { input in
        input.node.map { relevant.contains(ObjectIdentifier($0)) } ?? false
      })
    {
      relevant.insert(name)
    }
  }

  var cotangents: [ObjectIdentifier: Tensor] = [
    ObjectIdentifier(root): seed ?? Tensor.ones(output.shape)
  ]
  var results: [ObjectIdentifier: Tensor] = [:]
  for node in ordered {
    let name = ObjectIdentifier(node)
    guard relevant.contains(name), let cotangent = cotangents.removeValue(forKey: name) else {
      continue
    }
    if targets.contains(name) { results[name] = cotangent }
    guard let rule = node.rule else { continue }
    let needed = node.inputs.map { input in
      input.node.map { relevant.contains(ObjectIdentifier($0)) } ?? false
    }
    guard needed.contains(true) else { continue }
    let outputBuffer = node.outputBuffer ?? cotangent.buffer
    let pullback = Pullback(
      inputs: differentiable ? node.inputs : node.inputs.map { $0.detached },
      output: Tensor(
        shape: node.outputShape, buffer: outputBuffer, node: differentiable ? node : nil),
      cotangent: cotangent, needed: needed)
    var contributions = rule(pullback)
    for position in contributions.indices {
      guard needed[position], var contribution = contributions[position],
        let inputNode = node.inputs[position].node
      else { continue }
      // Held by `contribution` alone, if nobody else wants it.
      contributions[position] = nil
      precondition(
        contribution.shape == node.inputs[position].shape,
        "derivative of shape \(contribution.shape) for input of \(node.inputs[position].shape)")
      let inputName = ObjectIdentifier(inputNode)
      if let sum = cotangents.removeValue(forKey: inputName) {
        contribution.add(sum)
      }
      cotangents[inputName] = contribution
    }
  }
  return variables.map { variable in
    variable.node.flatMap { results[ObjectIdentifier($0)] } ?? Tensor.zeros(variable.shape)
  }
}

/// Every node that `root` was computed from, itself first, by falling number.
private func reachableNodes(from root: Node) -> [Node] {
  var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
  var stack = [root]
  var nodes: [Node] = []
  while let node = stack.popLast() {
    nodes.append(node)
    for input in node.inputs {
      if let inputNode = input.node, seen.insert(ObjectIdentifier(inputNode)).inserted {
        stack.append(inputNode)
      }
    }
  }
  return nodes.sorted { $0.number > $1.number }
}
