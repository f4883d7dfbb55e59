#pragma once

/// Makes `accept4` fail for the next connections of one listening port, as if each of them had failed.
///
/// Each failure takes one connection out of the accept queue, as the kernel does.
///
/// - Parameters:
///   - port: The listening port.
///   - error: The value of `errno`.
///   - count: For how many connections.
void accept_faults_arm(int port, int error, int count);

/// Returns how many connections are still to fail.
int accept_faults_left(void);
