// SPDX-License-Identifier: Apache-2.0

/// Finds the first bad revision of a line of them by halving, passing over those that give no answer.
///
/// The revision before the line is known to be good, its last to be bad. A revision that does not build, or
/// whose measurement decides nothing, is passed over for another near the middle, as `git bisect skip` does;
/// when only such are left, the first bad one is among them or the next bad one, and all are named. The state
/// is the answers alone, so that a search begun goes on from what was recorded.
package struct RevisionBisection: Sendable, Hashable, Codable {
  /// What is known of one revision.
  package enum Answer: String, Sendable, Hashable, Codable {
    case good
    case bad
    /// It cannot be tested: it does not build.
    case skip
    /// It was tested and the test decided nothing; it is passed over like `skip`.
    case unknown

    /// Whether it says on which side the first bad revision lies.
    package var decides: Bool { self == .good || self == .bad }
  }

  /// What to do next.
  package enum Step: Sendable, Hashable {
    /// Test this one; `stepsLeft` is how many tests remain, this one included, when all give an answer.
    case test(revision: String, candidates: Int, stepsLeft: Int)
    /// This is the first bad revision.
    case found(String)
    /// One of these is, oldest first; all but the last were passed over.
    case undecided([String])
  }

  /// Why a search cannot go on.
  package enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
    case empty
    case repeated(String)
    case notInRange(String)
    case contradiction(good: String, bad: String)
    case lastIsNot(Answer, String)

    package var description: String {
      switch self {
      case .empty: "there is no revision after the good one: nothing to search"
      case .repeated(let revision): "the revision \(revision) is twice in the range"
      case .notInRange(let revision):
        "\(revision) is not in the range searched: its recorded answer belongs to another search"
      case .contradiction(let good, let bad):
        "\(bad) is bad and \(good), which comes later, is good: there is no single first bad one. "
          + "Search the part between them, or test both again"
      case .lastIsNot(let answer, let revision):
        "\(revision), the end of the range, must be bad and was recorded as \(answer.rawValue)"
      }
    }
  }

  /// Oldest first; the last is bad.
  package let revisions: [String]
  package private(set) var answers: [String: Answer]

  /// A search over the revisions after a good one up to a bad one, oldest first, with answers from before.
  package init(revisions: [String], answers: [String: Answer] = [:]) throws(Problem) {
    guard let last = revisions.last else { throw .empty }
    var seen: Set<String> = []
    for revision in revisions where !seen.insert(revision).inserted { throw .repeated(revision) }
    self.revisions = revisions
    self.answers = [:]
    if let answer = answers[last], answer != .bad { throw .lastIsNot(answer, last) }
    for revision in answers.keys.sorted() where !seen.contains(revision) {
      throw .notInRange(revision)
    }
    self.answers = answers
    _ = try interval()
  }

  private enum CodingKeys: String, CodingKey {
    case revisions
    case answers
  }

  /// Reads a recorded state, which may be damaged as any file.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      revisions: try container.decode([String].self, forKey: .revisions),
      answers: try container.decode([String: Answer].self, forKey: .answers))
  }

  /// Takes an answer in; a later one of the same revision replaces the first.
  package mutating func record(_ answer: Answer, for revision: String) throws(Problem) {
    guard revisions.contains(revision) else { throw .notInRange(revision) }
    if revision == revisions.last, answer != .bad { throw .lastIsNot(answer, revision) }
    let before = answers
    answers[revision] = answer
    do throws(Problem) {
      _ = try interval()
    } catch {
      answers = before
      throw error
    }
  }

  /// Which revision to test next, or the end.
  package var next: Step {
    // `record` and `init` let no contradiction in.
    guard let (first, last) = try? interval() else { return .undecided(revisions) }
    // The first bad one is in first...last, and `last` is bad.
    let open = (first..<last).filter { answers[revisions[$0]] == nil }
    guard !open.isEmpty else {
      return first == last
        ? .found(revisions[last]) : .undecided(Array(revisions[first...last]))
    }
    let count = last - first + 1
    return .test(
      revision: revisions[choice(in: first..<last)], candidates: count,
      stepsLeft: Self.steps(count))
  }

  /// Runs the search to its end: `test` answers for a revision, `recorded` keeps the state after each answer.
  package mutating func run(
    test: (String) throws -> Answer, recorded: (RevisionBisection) throws -> Void = { _ in }
  ) throws -> Step {
    while true {
      let step = next
      guard case .test(let revision, _, _) = step else { return step }
      try record(try test(revision), for: revision)
      try recorded(self)
    }
  }

  /// Tests that halving takes to one of `count` candidates: the logarithm, rounded up.
  static func steps(_ count: Int) -> Int {
    count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
  }

  /// Positions of the oldest revision that may be the first bad one, and of the oldest known to be bad.
  private func interval() throws(Problem) -> (first: Int, last: Int) {
    var last = revisions.count - 1
    var lastGood = -1
    for (at, revision) in revisions.enumerated() {
      switch answers[revision] {
      case .bad: last = min(last, at)
      case .good: lastGood = at
      case .skip, .unknown, nil: break
      }
    }
    guard lastGood < last else {
      throw .contradiction(good: revisions[lastGood], bad: revisions[last])
    }
    return (lastGood + 1, last)
  }

  /// The middle, or when that was passed over one as far beyond the run of those passed over as the run is
  /// long, or twice, four times as far: neighbours of what does not build seldom do.
  private func choice(in range: Range<Int>) -> Int {
    func isOpen(_ at: Int) -> Bool { range.contains(at) && answers[revisions[at]] == nil }
    // A test of `at` leaves first...at or at+1...last.
    let middle = range.lowerBound + (range.count - 1) / 2
    if isOpen(middle) { return middle }
    var (low, high) = (middle, middle)
    while range.contains(low - 1), !isOpen(low - 1) { low -= 1 }
    while range.contains(high + 1), !isOpen(high + 1) { high += 1 }
    var distance = high - low + 1
    var far: [Int] = []
    while far.isEmpty, low - distance >= range.lowerBound || high + distance < range.upperBound {
      far = [low - distance, high + distance].filter(isOpen)
      distance *= 2
    }
    let near = range.filter(isOpen)
    // The one nearest to the middle; of two equally near the older.
    return (far.isEmpty ? near : far).min { abs($0 - middle) < abs($1 - middle) } ?? middle
  }
}
