//! args → telemetry → command → exit code.

fn main() {}
