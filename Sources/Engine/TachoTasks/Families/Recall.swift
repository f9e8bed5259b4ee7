// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Associative recall at a distance: pairs of keys and values, then keys to look up; with several hops a value is
/// the next key (Arora and others 2023; needles after Kamradt 2023).
///
/// `R ab=17 qx=cd cd=42 ?ab qx>` has the answer `17 42`.
package struct Recall: TaskFamily {
  package static let name = "recall"
  package static let dials: [Knob] = [
    Knob("recall.pairs", .int(1...400), default: 16, "Most chains of keys that end in a value."),
    Knob(
      "recall.least_pairs", .int(0...400), default: 0,
      "Fewest chains, drawn for each item up to the most; 0 is always the most."),
    Knob("recall.needles", .int(1...16), default: 1, "Keys to look up, at most as many as chains."),
    Knob("recall.hops", .int(1...6), default: 1, "Pairs from a key to its value."),
    Knob(
      "recall.shown", .choice(["no", "yes"]), default: "no",
      "Whether the keys on the way are written too."),
    Knob(
      "recall.filler", .int(0...4096), default: 0, unit: "characters",
      "Meaningless text before the question, after all pairs: the least distance."),
    Knob(
      "recall.distractors", .int(0...400), default: 0,
      "Pairs whose keys differ in their last letter from keys on the way."),
    shiftDial("Share of items whose values have three digits instead of two."),
  ]

  private let pairs, leastPairs, needles, hops, filler, distractors: Int
  private let isShown: Bool
  private let shift: Double

  package init(_ dials: TaskDials) throws {
    pairs = dials.int("recall.pairs")
    leastPairs = dials.int("recall.least_pairs") == 0 ? pairs : dials.int("recall.least_pairs")
    needles = dials.int("recall.needles")
    hops = dials.int("recall.hops")
    filler = dials.int("recall.filler")
    distractors = dials.int("recall.distractors")
    isShown = dials.text("recall.shown") == "yes"
    shift = dials.double("recall.shift")
    guard leastPairs <= pairs else {
      throw TaskError("recall.least_pairs is \(leastPairs), more than recall.pairs, \(pairs)")
    }
    guard needles <= leastPairs else {
      throw TaskError(
        "recall.needles is \(needles): there may be only \(leastPairs) chains (recall.pairs)")
    }
    guard pairs * hops + distractors <= 600 else {
      throw TaskError(
        "\(pairs) chains of \(hops) keys and \(distractors) distractors need more keys than the 676 of two "
          + "letters allow: at most 600 together")
    }
    guard !isShown || needles == 1 else {
      throw TaskError("recall.shown is yes: then recall.needles must be 1")
    }
  }

  package func draw(_ random: inout CounterRandom) -> TaskItem {
    let digits = random.unit() < shift ? 3 : 2
    var used: Set<String> = []
    func key(_ random: inout CounterRandom) -> String {
      while true {
        let key = String(decoding: [random.letter(), random.letter()], as: UTF8.self)
        if used.insert(key).inserted { return key }
      }
    }
    var chains: [[String]] = []
    for _ in 0..<random.number(leastPairs...pairs) {
      let keys = (0..<hops).map { _ in key(&random) }
      chains.append(keys + [random.digits(digits)])
    }
    var facts = chains.flatMap { chain in zip(chain, chain.dropFirst()).map { "\($0)=\($1)" } }
    let wanted = random.shuffled(Array(chains.indices)).prefix(needles).map { chains[$0] }
    let near = wanted.flatMap { $0.dropLast() }
    for _ in 0..<distractors {
      // A key like one that matters where one is left, else any.
      let model = random.pick(near)
      let like = (UInt8(ascii: "a")...UInt8(ascii: "z")).map {
        String(model.prefix(1)) + String(decoding: [$0], as: UTF8.self)
      }.filter { !used.contains($0) }
      let distractor = like.isEmpty ? key(&random) : random.pick(like)
      used.insert(distractor)
      facts.append("\(distractor)=\(random.digits(digits))")
    }
    facts = random.shuffled(facts)
    let noise = filler == 0 ? "" : " " + random.filler(filler)
    let question = wanted.compactMap(\.first).joined(separator: " ")
    let answers = isShown ? Array(wanted[0].dropFirst()) : wanted.compactMap(\.last)
    let body = facts.joined(separator: " ")
    // Several results are one word, so that all of them decide.
    let answer = isShown ? answers.joined(separator: " ") : answers.joined(separator: ",")
    return TaskItem(
      task: Self.name, prompt: "R \(body)\(noise) ?\(question)>", answer: answer + "\n",
      key: "\(body)?\(question)")
  }
}

extension CounterRandom {
  /// A small letter.
  mutating func letter() -> UInt8 { UInt8(ascii: "a") + UInt8(number(0...25)) }

  /// So many digits, the first not 0.
  mutating func digits(_ count: Int) -> String {
    var text = String(number(1...9))
    for _ in 1..<max(1, count) { text += String(number(0...9)) }
    return text
  }

  /// Characters that mean nothing to any task.
  mutating func filler(_ count: Int) -> String {
    String(decoding: (0..<count).map { _ in pick(Array("._-~".utf8)) }, as: UTF8.self)
  }
}
