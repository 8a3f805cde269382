import Synchronization

/// The input of a derivative rule.
struct Pullback {
  /// The operation's inputs.
  let inputs: [Tensor]
  /// The operation's result, only for operations that keep it.
  let output: Tensor
  /// The derivative of the final value with respect to the result, in the result's shape.
  let cotangent: Tensor
  /// Which inputs need a derivative; the rule may return nil for the others.
  let needed: [Bool]
}

/// A derivative rule, which maps the cotangent of the result to the cotangents of the inputs.
///
/// Rules consist of differentiable operations, so derivatives of any order compose.
typealias Rule = @Sendable (Pullback) -> [Tensor?]

/// One recorded operation.
///
/// Nodes are immutable and numbered in order of creation, so inputs have lower numbers.
final class Node: Sendable {
  private static let counter = Atomic<UInt64>(0)

  let number: UInt64
  /// Changed only by `deinit`, and only for nodes that have no other references.
  private(set) nonisolated(unsafe) var inputs: [Tensor]
  let rule: Rule?
  /// The shape of the result, whose memory is kept if the rule needs it.
  ///
  /// The tensor is rebuilt around that memory, because holding the tracked result itself would create a
  /// reference cycle.
  let outputShape: [Int]
  let outputBuffer: TensorBuffer?

  init(inputs: [Tensor], rule: Rule?, outputShape: [Int], outputBuffer: TensorBuffer?) {
    self.number = Self.counter.wrappingAdd(1, ordering: .relaxed).oldValue
    self.inputs = inputs
    self.rule = rule
    self.outputShape = outputShape
    self.outputBuffer = outputBuffer
  }

  /// Releases the inputs in a loop.
  ///
  /// By default, each node would release its inputs within its own release. A long chain of operations would
  /// then overflow the stack.
  deinit {
    var waiting: [Node] = []
    giveInputs(to: &waiting)
    while var node = waiting.popLast() {
      if isKnownUniquelyReferenced(&node) { node.giveInputs(to: &waiting) }
    }
  }

  /// Gives up the inputs and appends those with inputs of their own to `waiting`.
  private func giveInputs(to waiting: inout [Node]) {
    let before = waiting.count
    for input in inputs {
      if let node = input.node, !node.inputs.isEmpty { waiting.append(node) }
    }
    if waiting.count > before { inputs = [] }
  }
}

extension Tensor {
  /// The same values as a variable whose operations are recorded.
  ///
  /// The function ``gradients(of:withRespectTo:seed:differentiable:)`` can differentiate with respect to it. A
  /// tensor that is already tracked stays connected to the tensors it was computed from.
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

  /// This result of a fused operation with its derivatives, recorded if any input is tracked.
  ///
  /// - Parameters:
  ///   - composition: computes the same result from the same inputs in plain operations. Its derivatives are
  ///     used where they must be differentiable in turn.
  ///   - rule: computes the fused derivatives. Its inputs and cotangent are untracked.
  func recorded(
    from inputs: [Tensor], composition: @escaping @Sendable ([Tensor]) -> Tensor,
    fused rule: @escaping Rule
  ) -> Tensor {
    recorded(from: inputs) { pull in
      guard pull.cotangent.isTracked || pull.inputs.contains(where: { $0.isTracked }) else {
        return rule(pull)
      }
      let variables = pull.inputs.map { $0.tracked() }
      return gradients(
        of: composition(variables), withRespectTo: variables, seed: pull.cotangent,
        differentiable: true)
    }
  }
}

/// The derivatives of `sum(seed * output)` with respect to each variable, by reverse accumulation.
///
/// - Parameters:
///   - output: any tensor; it must hold one value if no seed is given.
///   - variables: tracked tensors that `output` was computed from, or intermediate results of that
///     computation. The derivative is zeros for a variable that `output` does not depend on.
///   - seed: weights of the output's values, in its shape; ones if nil.
///   - differentiable: whether the derivatives are recorded, so that they can be differentiated again.
/// - Returns: one tensor per variable, in its shape.
public func gradients(
  of output: Tensor, withRespectTo variables: [Tensor], seed: Tensor? = nil,
  differentiable: Bool = false
) -> [Tensor] {
  gradients(
    of: output, withRespectTo: variables, seed: seed, differentiable: differentiable, ready: nil)
}

/// The derivatives, some of which are handed over before the reverse pass ends.
///
/// - Parameter ready: called with the number of a variable and its derivative as soon as it is complete; not for
///   variables that `output` does not depend on.
func gradients(
  of output: Tensor, withRespectTo variables: [Tensor], seed: Tensor?, differentiable: Bool,
  ready: ((Int, Tensor) -> Void)?
) -> [Tensor] {
  precondition(
    seed == nil || seed?.shape == output.shape,
    "a seed of shape \(seed?.shape ?? []) does not fit an output of shape \(output.shape)")
  guard let root = output.node else { return variables.map { Tensor.zeros($0.shape) } }
  var graph = Graph(from: root)
  let targets = variables.map { variable in variable.node.flatMap { graph.position(of: $0) } }
  graph.mark(targets.compactMap { $0 })

  var cotangents = [Tensor?](repeating: nil, count: graph.nodes.count)
  cotangents[0] = seed ?? Tensor.ones(output.shape)
  var results: [Int: Tensor] = [:]
  for position in graph.order where graph.isRelevant[position] {
    guard let cotangent = cotangents[position] else { continue }
    cotangents[position] = nil
    if graph.isTarget[position] {
      results[position] = cotangent
      if let ready {
        for (number, target) in targets.enumerated() where target == position {
          ready(number, cotangent)
        }
      }
    }
    let node = graph.nodes[position]
    let inputs = graph.inputs(of: position)
    let needed = inputs.map { $0 >= 0 && graph.isRelevant[$0] }
    guard let rule = node.rule, needed.contains(true) else { continue }
    let pullback = Pullback(
      inputs: differentiable ? node.inputs : node.inputs.map { $0.detached },
      output: Tensor(
        shape: node.outputShape, buffer: node.outputBuffer ?? cotangent.buffer,
        node: differentiable ? node : nil),
      cotangent: cotangent, needed: needed)
    var contributions = rule(pullback)
    for (number, input) in inputs.enumerated() where needed[number] {
      guard var contribution = contributions[number] else { continue }
      precondition(
        contribution.shape == node.inputs[number].shape,
        "derivative of shape \(contribution.shape) for input of \(node.inputs[number].shape)")
      // If this was the only other reference, the sum can be formed in the same memory.
      contributions[number] = nil
      if var sum = cotangents[input] {
        cotangents[input] = nil
        contribution.add(consuming: &sum)
      }
      cotangents[input] = contribution
    }
  }
  return zip(variables, targets).map { variable, target in
    target.flatMap { results[$0] } ?? Tensor.zeros(variable.shape)
  }
}

/// All nodes that a result was computed from, beginning with its own.
private struct Graph {
  private(set) var nodes: [Node]
  /// The positions of the nodes in decreasing number, so users precede their inputs.
  private(set) var order: [Int] = []
  /// Whether a derivative with respect to the node is requested.
  private(set) var isTarget: [Bool] = []
  /// Whether the node is a target or was computed from one.
  private(set) var isRelevant: [Bool] = []
  private var positions: [ObjectIdentifier: Int]
  /// The positions of all nodes' inputs, one node after another; -1 for untracked inputs.
  private var edges: [Int] = []
  private var firstEdges: [Int] = []

  init(from root: Node) {
    nodes = [root]
    positions = [ObjectIdentifier(root): 0]
    var next = 0
    while next < nodes.count {
      firstEdges.append(edges.count)
      for input in nodes[next].inputs {
        edges.append(input.node.map { position(adding: $0) } ?? -1)
      }
      next += 1
    }
    firstEdges.append(edges.count)
    order = nodes.indices.sorted { nodes[$0].number > nodes[$1].number }
  }

  private mutating func position(adding node: Node) -> Int {
    let name = ObjectIdentifier(node)
    if let known = positions[name] { return known }
    positions[name] = nodes.count
    nodes.append(node)
    return nodes.count - 1
  }

  func position(of node: Node) -> Int? { positions[ObjectIdentifier(node)] }

  /// The positions of a node's inputs, -1 for untracked inputs.
  func inputs(of position: Int) -> ArraySlice<Int> {
    edges[firstEdges[position]..<firstEdges[position + 1]]
  }

  mutating func mark(_ targets: [Int]) {
    isTarget = Array(repeating: false, count: nodes.count)
    for target in targets { isTarget[target] = true }
    isRelevant = isTarget
    // Inputs precede their users.
    for position in order.reversed() where !isRelevant[position] {
      isRelevant[position] = inputs(of: position).contains { $0 >= 0 && isRelevant[$0] }
    }
  }
}
