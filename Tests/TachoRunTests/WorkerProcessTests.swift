// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoCatalog
import TachoRecord
import TachoRun
import Testing

/// Real child processes that misbehave in every way a worker can.
@Suite(.serialized) struct WorkerProcessTests {
  static let hello =
    #"{"type":"hello","protocol":1,"engine":"sh","version":"1","kinds":["kernel"]}"#

  static func shell(
    _ script: String, limits: WorkerLimits = WorkerLimits(),
    interruption: any Interruption = NoInterruption()
  ) throws -> WorkerProcess {
    try WorkerProcess(
      WorkerCommand(["/bin/sh", "-c", script]), limits: limits, interruption: interruption)
  }

  static func greet(_ worker: WorkerProcess, timeout: Double = 10) throws -> WorkerReply {
    try worker.ask(.hello(protocol: 1), timeoutSeconds: timeout, graceSeconds: 0)
  }

  /// What greeting a worker with this script fails with.
  static func failure(
    _ script: String, timeout: Double = 10, limits: WorkerLimits = WorkerLimits()
  ) throws -> (WorkerFailure, WorkerProcess) {
    let worker = try shell(script, limits: limits)
    let failure = #expect(throws: WorkerFailure.self) { try greet(worker, timeout: timeout) }
    // Whatever happened, the process is gone and reaped: its number is nobody's, or another's child.
    let id = try #require(worker.processID)
    var status: Int32 = 0
    #expect(waitpid(id, &status, WNOHANG) == -1 && errno == ECHILD)
    return (try #require(failure), worker)
  }

  @Test func repliesComeBackInOrder() throws {
    let worker = try Self.shell(
      """
      read a; echo '\(Self.hello)'; read b; echo '{"type":"prepared","facts":{"x":3}}'
      read c; echo '{"type":"sample","observation":{"startNs":5,"endNs":9}}'
      read d; echo '{"type":"finished"}'; exit 0
      """)
    #expect(
      try Self.greet(worker)
        == .hello(protocol: 1, engine: "sh", version: "1", kinds: ["kernel"]))
    #expect(
      try worker.ask(
        .prepare(kind: "kernel", configuration: .init(), recordLaunches: false),
        timeoutSeconds: 5, graceSeconds: 0) == .prepared(facts: ["x": .int(3)]))
    #expect(
      try worker.ask(.sample(index: 0, seed: 1), timeoutSeconds: 5, graceSeconds: 0)
        == .sample(Observation(startNs: 5, endNs: 9)))
    #expect(try worker.ask(.finish, timeoutSeconds: 5, graceSeconds: 0) == .finished(facts: [:]))
    worker.end(graceSeconds: 5)
  }

  @Test func requestsArriveAsOneJSONLineEach() throws {
    let worker = try Self.shell(#"read a; echo "$a" >&2; echo '\#(Self.hello)'; read b"#)
    _ = try Self.greet(worker)
    worker.end(graceSeconds: 5)
    #expect(worker.outputTail == #"{"protocol":1,"type":"hello"}"# + "\n")
  }

  @Test(arguments: [
    ("kill -SEGV $$", "SIGSEGV"), ("kill -ILL $$", "SIGILL"), ("kill -ABRT $$", "SIGABRT"),
    ("kill -KILL $$", "not by Tacho"),
  ])
  func signals(script: String, word: String) throws {
    let (failure, _) = try Self.failure("read a; echo last words >&2; \(script)")
    #expect(failure.status == .crashed)
    #expect(failure.reason.contains(word) && failure.reason.contains("before replying to 'hello'"))
    #expect(failure.reason.hasSuffix("its last words: last words"))
  }

  @Test func exitCode() throws {
    let (failure, worker) = try Self.failure("read a; echo no such model >&2; exit 3")
    #expect(failure.status == .crashed)
    #expect(failure.reason.contains("exited with code 3") && failure.reason.contains("no such"))
    #expect(worker.outputTail == "no such model\n")
    #expect(throws: WorkerFailure.self) { try Self.greet(worker) }
  }

  @Test func halfALine() throws {
    let (failure, _) = try Self.failure(#"read a; printf '{"type":"hel'; exit 0"#)
    #expect(failure.status == .crashed && failure.reason.contains("in the middle of a line"))
  }

  @Test func neverReadsAndExits() throws {
    let (failure, _) = try Self.failure("exit 0")
    #expect(failure.status == .crashed && failure.reason.contains("exited with code 0"))
  }

  @Test func timeout() throws {
    let start = Date()
    let (failure, _) = try Self.failure("read a; sleep 60", timeout: 0.3)
    #expect(failure.status == .timedOut && failure.reason.contains("within 0.3 s"))
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test func slowReplyIsNotATimeout() throws {
    let worker = try Self.shell("read a; sleep 0.4; echo '\(Self.hello)'; read b")
    _ = try Self.greet(worker, timeout: 20)
  }

  @Test func noiseIsToleratedAndKept() throws {
    let worker = try Self.shell(
      "echo loading model; read a; echo '[warning] hot'; echo '  \(Self.hello)'; read b")
    _ = try Self.greet(worker)
    #expect(worker.outputTail.contains("loading model\n"))
    #expect(worker.outputTail.contains("[warning] hot\n"))
  }

  @Test func endlessNoiseIsNot() throws {
    var limits = WorkerLimits()
    limits.noiseBytes = 100_000
    let (failure, _) = try Self.failure("read a; yes noise", limits: limits)
    #expect(failure.status == .failed && failure.reason.contains("log to standard error"))
  }

  @Test func replyLineHasALimit() throws {
    var limits = WorkerLimits()
    limits.lineBytes = 200_000
    let (failure, _) = try Self.failure("read a; tr '\\0' x < /dev/zero", limits: limits)
    #expect(failure.status == .failed && failure.reason.contains("longer than 200000 bytes"))
  }

  @Test(arguments: [
    ("{garbage", "not one of the worker protocol"),
    (#"{"type":"sample","observation":{"startNs":1}}"#, "'observation.endNs' is missing"),
    (#"{"type":"sample","observation":{"startNs":1,"endNs":"x"}}"#, "another type"),
    (#"{"type":"helo"}"#, "unknown reply type 'helo'"),
  ])
  func malformedReply(line: String, complaint: String) throws {
    let (failure, _) = try Self.failure("read a; echo '\(line)'; read b")
    #expect(failure.status == .failed && failure.reason.contains(complaint), "\(failure.reason)")
  }

  @Test func deeplyNestedReplyIsAnErrorNotACrash() throws {
    let deep = String(repeating: #"{"a":["#, count: 60_000)
    let file = FileManager.default.temporaryDirectory.appending(path: "deep-\(getpid()).json")
    try (#"{"type":"prepared","facts":"# + deep + "\n").write(
      to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let (failure, _) = try Self.failure("read a; cat \(file.path); read b")
    #expect(failure.status == .failed)
  }

  @Test func anUnaskedReplyIsNotTakenForTheNext() throws {
    let worker = try Self.shell("read a; echo '\(Self.hello)'; echo '\(Self.hello)'; read b")
    _ = try Self.greet(worker)
    usleep(200_000)
    let failure = #expect(throws: WorkerFailure.self) { try Self.greet(worker) }
    #expect(failure?.reason.contains("before the request") == true)
  }

  @Test func stderrFloodDoesNotBlock() throws {
    let worker = try Self.shell(
      """
      read a; head -c 10485760 /dev/zero | tr '\\0' x >&2; echo the end >&2
      echo '\(Self.hello)'; read b
      """)
    _ = try Self.greet(worker, timeout: 30)
    worker.end(graceSeconds: 5)
    #expect(worker.outputTail.hasSuffix("x" + "the end\n"))
    #expect(worker.outputTail.utf8.count <= 8 << 10)
  }

  @Test func closesStdoutButLives() throws {
    let (failure, _) = try Self.failure("read a; exec 1>&-; sleep 60")
    #expect(failure.status == .failed && failure.reason.contains("closed its standard output"))
  }

  @Test func closesStdinButLives() throws {
    let worker = try Self.shell("read a; exec 0<&-; echo '\(Self.hello)'; sleep 60")
    _ = try Self.greet(worker)
    let failure = #expect(throws: WorkerFailure.self) {
      try worker.ask(.finish, timeoutSeconds: 10, graceSeconds: 0)
    }
    #expect(failure?.status == .failed && failure?.reason.contains("standard input") == true)
  }

  @Test func aChildThatHoldsThePipesDoesNotHoldTheHarness() throws {
    let (failure, _) = try Self.failure("read a; sleep 300 & exit 4", timeout: 20)
    #expect(failure.reason.contains("exited with code 4"))
  }

  @Test func memoryHogIsKilledAtItsCap() throws {
    // dd's buffer is anonymous memory: 400 MiB against a cap of 100.
    let (failure, _) = try Self.failure(
      "read a; dd if=/dev/zero of=/dev/null bs=400M count=100000 2>/dev/null",
      timeout: 30, limits: WorkerLimits(memoryCapBytes: 100 << 20))
    #expect(failure.status == .outOfMemory)
    #expect(failure.reason.contains("over the cap of 100 MiB"), "\(failure.reason)")
  }

  @Test func hardLimitBehindTheCap() throws {
    // 2 x 16 + 512 MiB of data: a single 800 MiB buffer is refused before the watchdog looks.
    let (failure, _) = try Self.failure(
      "read a; exec dd if=/dev/zero of=/dev/null bs=800M count=1",
      timeout: 30, limits: WorkerLimits(memoryCapBytes: 16 << 20))
    #expect(failure.status == .crashed && failure.reason.contains("exited with code 1"))
  }

  @Test func missingProgramAndFolder() throws {
    let missing = #expect(throws: WorkerFailure.self) {
      _ = try WorkerProcess(WorkerCommand(["/nowhere/engine"]))
    }
    #expect(missing?.reason.contains("'/nowhere/engine': No such file") == true)
    let folder = #expect(throws: WorkerFailure.self) {
      _ = try WorkerProcess(WorkerCommand(["sh"], directory: "/nowhere"))
    }
    #expect(folder?.reason.contains("cannot enter the folder '/nowhere'") == true)
    #expect(throws: WorkerFailure.self) { _ = try WorkerProcess(WorkerCommand([])) }
  }

  @Test func environmentDirectoryAndDescriptors() throws {
    let worker = try WorkerProcess(
      WorkerCommand(
        [
          "sh", "-c",
          "read a; echo $COLOUR $PWD >&2; ls /proc/$$/fd | wc -l >&2; echo '\(Self.hello)'",
        ],
        environment: ["COLOUR": "red"], directory: "/usr"))
    _ = try Self.greet(worker)
    worker.end(graceSeconds: 5)
    let lines = worker.outputTail.split(separator: "\n")
    #expect(lines.first == "red /usr")
    #expect(lines.last.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) } ?? 99 <= 4)
  }

  @Test func roundTripIsFast() throws {
    let worker = try Self.shell(
      #"while read a; do echo '{"type":"sample","observation":{"startNs":5,"endNs":9}}'; done"#)
    var times: [Double] = []
    for index in 0..<200 {
      let start = DispatchTime.now().uptimeNanoseconds
      _ = try worker.ask(.sample(index: index, seed: 1), timeoutSeconds: 5, graceSeconds: 0)
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
    }
    // The lower quartile: other tests and other people use this machine at the same time.
    let quartile = times.sorted()[50]
    print("worker round trip, lower quartile: \(quartile) ms")
    #expect(quartile < 1, "lower quartile \(quartile) ms")
  }

  @Test func theHarnessSleepsWhileTheWorkerWorks() throws {
    let worker = try Self.shell(
      "read a; sleep 1; echo '\(Self.hello)'; read b",
      limits: WorkerLimits(memoryCapBytes: 1 << 30))
    let before = Self.harnessNanoseconds()
    _ = try Self.greet(worker)
    let spent = Double(Self.harnessNanoseconds() - before) / 1e6
    print("harness cpu time in 1 s of waiting with a memory cap: \(spent) ms")
    // In a debug build a look at the memory costs some 100 us, and there are 50 of them.
    #expect(spent < 50)
  }

  /// Processor time of this thread and of every thread that attends a worker.
  static func harnessNanoseconds() -> Int {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    var total = Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec)
    let files = SystemFiles()
    for thread in files.names(in: "/proc/self/task") {
      let folder = "/proc/self/task/\(thread)"
      guard files.line("\(folder)/comm")?.hasPrefix("worker-attend") == true else { continue }
      let figure = files.line("\(folder)/schedstat")?.split(separator: " ").first
      total += figure.flatMap { Int($0) } ?? 0
    }
    return total
  }
}

extension WorkerProcessTests {
  /// Two requests to stop at chosen times, as signals would make them.
  final class ScriptedInterruption: Interruption {
    let start = Date()
    let first: Double
    let second: Double
    init(first: Double, second: Double = .infinity) {
      self.first = first
      self.second = second
    }
    var requests: Int {
      let passed = Date().timeIntervalSince(start)
      return (passed >= first ? 1 : 0) + (passed >= second ? 1 : 0)
    }
    var wakeDescriptor: Int32? { nil }
    func acknowledge() {}
  }

  @Test func anInterruptedReplyMayStillCome() throws {
    let worker = try Self.shell(
      "read a; sleep 0.5; echo '\(Self.hello)'; read b",
      interruption: ScriptedInterruption(first: 0))
    _ = try worker.ask(.hello(protocol: 1), timeoutSeconds: 30, graceSeconds: 10)
  }

  @Test func graceEnds() throws {
    let worker = try Self.shell(
      "read a; sleep 60", interruption: ScriptedInterruption(first: 0))
    let failure = #expect(throws: WorkerFailure.self) {
      try worker.ask(.hello(protocol: 1), timeoutSeconds: 30, graceSeconds: 0.2)
    }
    #expect(failure?.status == .interrupted)
  }

  @Test func signalsWakeAndCount() throws {
    let interruption = try SignalInterruption()
    let worker = try Self.shell("read a; sleep 60", interruption: interruption)
    let target = getpid()
    // Twice, like somebody who leans on Control-C; the kernel may merge two that come too close.
    let sent = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      usleep(300_000)
      kill(target, SIGINT)
      usleep(300_000)
      kill(target, SIGTERM)
      sent.signal()
    }
    let start = Date()
    let failure = #expect(throws: WorkerFailure.self) {
      try worker.ask(.hello(protocol: 1), timeoutSeconds: 30, graceSeconds: 20)
    }
    #expect(failure?.status == .interrupted)
    // Without the handlers the second signal would end the test process.
    sent.wait()
    #expect(interruption.requests == 2)
    #expect(Date().timeIntervalSince(start) < 5)
  }
}
