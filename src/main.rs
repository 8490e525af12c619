//! args → telemetry → command → exit code.

use std::process::ExitCode;

use clap::Parser;
use tikv_jemallocator::Jemalloc;
use vigie::cli::{Cli, Exit};

/// A daemon of months with a few threads: it gives memory back, and costs a poll a tenth less than the C library's.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    // A core would hold the secrets, and whoever may trace the process reads them; the unit's `LimitCORE=0` stops no
    // handler that cores are piped to. Where the system refuses, all the rest holds as it is.
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    let cli = Cli::parse();
    vigie::telemetry::start(cli.log_format(), cli.verbosity());
    let exit = cli.run().unwrap_or_else(|error| {
        eprintln!("vigie: {error:#}");
        Exit::Failed
    });
    ExitCode::from(exit.code())
}
