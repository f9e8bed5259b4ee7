// SPDX-License-Identifier: Apache-2.0

/// A request's emissions, checked: what the latency metrics are computed from.
struct Emissions {
  /// When each emission was readable, ascending, and how many tokens it held; at least one of each.
  let times: [Int]
  let tokens: [Int]

  /// Why a request has no usable emissions.
  struct Complaint: Error {
    let reason: String
  }

  var first: Int { times[0] }
  var last: Int { times[times.count - 1] }
  var firstTokens: Int { tokens[0] }
  var tokenCount: Int { tokens.reduce(0, +) }

  /// The gaps between emissions in seconds; none for a single emission.
  var gaps: [Double] {
    zip(times, times.dropFirst()).map { Nanoseconds.seconds(from: $0, to: $1) }
  }

  /// Token counts that a worker leaves out are one each; counts that do not fit are a complaint.
  init(_ request: RequestRecord) throws(Complaint) {
    guard let times = request.emissionNs, !times.isEmpty else {
      throw Complaint(reason: "no token was emitted")
    }
    let tokens = request.emissionTokens ?? Array(repeating: 1, count: times.count)
    guard tokens.count == times.count else {
      throw Complaint(
        reason: "\(times.count) emission times but \(tokens.count) emission token counts")
    }
    guard tokens.allSatisfy({ (1...1_000_000_000).contains($0) }) else {
      throw Complaint(reason: "an emission's token count is not between 1 and 1e9")
    }
    guard zip(times, times.dropFirst()).allSatisfy(<=) else {
      throw Complaint(reason: "emission times are not in ascending order")
    }
    let total = tokens.reduce(0, +)
    if let stated = request.outputTokens, stated != total {
      throw Complaint(reason: "\(stated) output tokens stated but \(total) emitted")
    }
    self.times = times
    self.tokens = tokens
  }
}
