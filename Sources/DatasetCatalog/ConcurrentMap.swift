import Dispatch
import Locks
import Synchronization

/// The results of a function over items, in the items' order, computed by several threads.
///
/// Items are handed out one by one, so that a slow one holds up nobody; the result does not
/// depend on the number of threads.
func concurrentMap<Item: Sendable, Output: Sendable>(
  _ items: [Item], threads: Int, _ transform: @Sendable (Item) -> Output
) -> [Output] {
  let workers = min(max(threads, 1), items.count)
  guard workers > 1 else { return items.map(transform) }
  let next = Atomic<Int>(0)
  let results = Guarded<[Output?]>([Output?](repeating: nil, count: items.count))
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < items.count else { return }
      let output = transform(items[index])
      results.withLock { $0[index] = output }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
