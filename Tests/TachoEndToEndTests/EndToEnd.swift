// SPDX-License-Identifier: Apache-2.0
import Testing

/// The built program as a person uses it: every command a child process in a directory of its own.
///
/// One at a time, because some of them are about time.
@Suite(.serialized) enum EndToEnd {}
