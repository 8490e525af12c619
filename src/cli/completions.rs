//! `vigie completions`: completion scripts for shells.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit};

/// Print a completion script for a shell.
///
/// For bash: vigie completions bash > ~/.local/share/bash-completion/completions/vigie
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which shell
    shell: Shell,
}

/// Runs the command.
#[must_use]
pub fn run(args: &Args) -> Exit {
    clap_complete::generate(args.shell, &mut Cli::command(), "vigie", &mut std::io::stdout());
    Exit::Fine
}
