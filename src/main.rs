//! args → telemetry → command → exit code.

use std::process::ExitCode;

use clap::Parser;
use vigie::cli::{Cli, Exit};

fn main() -> ExitCode {
    let cli = Cli::parse();
    vigie::telemetry::start(cli.log_format(), cli.verbosity());
    let exit = cli.run().unwrap_or_else(|error| {
        eprintln!("vigie: {error:#}");
        Exit::Failed
    });
    ExitCode::from(exit.code())
}
