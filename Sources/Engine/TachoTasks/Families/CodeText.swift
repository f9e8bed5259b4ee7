// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Code-like text from a grammar whose names come back: what drafts by looking up can foresee.
///
/// The prompt is a function without its end; what remains follows from it: the name that was assigned last is
/// returned, then the function is called with its parameters.
///
/// `C def fovi(ka,mu):|zol=ka+mu|tep=zol*ka|` has the answer `return(tep)|fovi(ka,mu)`, a bar being the end of a line.
package struct CodeText: TaskFamily {
  package static let name = "code"
  package static let dials: [Knob] = [
    Knob("code.lines", .int(1...64), default: 6, "Most assignments of a function."),
    Knob("code.parameters", .int(1...8), default: 3, "Most parameters of a function."),
    Knob(
      "code.distractors", .int(0...32), default: 0,
      "Comments between the lines that name what is not returned."),
    shiftDial("Share of items whose names have capital letters."),
  ]

  private let lines, parameters, distractors: Int
  private let shift: Double

  package init(_ dials: TaskDials) throws {
    lines = dials.int("code.lines")
    parameters = dials.int("code.parameters")
    distractors = dials.int("code.distractors")
    shift = dials.double("code.shift")
  }

  package func draw(_ random: inout CounterRandom) -> TaskItem {
    let isShifted = random.unit() < shift
    var used: Set<String> = []
    func name(_ random: inout CounterRandom) -> String {
      while true {
        var word = random.word(random.number(1...2))
        if !isShifted { word = word.lowercased() }
        // Two short names are told apart from where one ends and the other goes on.
        if used.insert(word).inserted { return word }
      }
    }
    let function = name(&random)
    var known = (0..<random.number(1...parameters)).map { _ in name(&random) }
    let header = "\(function)(\(known.joined(separator: ",")))"
    var body: [String] = []
    for _ in 0..<random.number(1...lines) {
      body.append(statement(&known, &random, name))
    }
    let last = body.last?.prefix { $0 != "=" } ?? ""
    for _ in 0..<distractors {
      body.insert("# not \(random.pick(known))", at: random.number(0...body.count))
    }
    let text = "def \(header):|" + body.map { $0 + "|" }.joined()
    return TaskItem(
      task: Self.name, prompt: "C \(text)", answer: "return(\(last))|\(header)\n", key: text)
  }

  /// `new=a+b`, `new=f(a)` or `new=a`; now and then an old name is assigned again.
  private func statement(
    _ known: inout [String], _ random: inout CounterRandom,
    _ name: (inout CounterRandom) -> String
  ) -> String {
    let a = random.pick(known)
    let b = random.pick(known)
    let target = random.unit() < 0.25 ? random.pick(known) : name(&random)
    if !known.contains(target) { known.append(target) }
    switch random.number(0...3) {
    case 0: return "\(target)=\(a)"
    case 1: return "\(target)=\(random.pick(["abs", "len", "max"]))(\(a))"
    default: return "\(target)=\(a)\(random.pick(["+", "-", "*"]))\(b)"
    }
  }
}
