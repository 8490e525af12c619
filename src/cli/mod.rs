//! The commands, one file each, thin over the library. The only room, with `main`, that uses anyhow.

pub mod backtest;
pub mod backup;
pub mod check;
pub mod completions;
pub mod correct;
pub mod demo;
pub mod discover;
pub mod doctor;
pub mod entries;
mod evaluate;
pub mod forget;
pub mod handled;
pub mod init;
pub mod mentions;
pub mod mute;
mod opml;
mod reasons;
pub mod report;
mod route;
pub mod run;
pub mod schema;
pub mod send_test;
pub mod sentiment;
mod sources;
pub mod status;
pub mod terminal;
pub mod try_text;
mod wish;

use std::path::{Path, PathBuf};

use clap::{ArgAction, Parser, Subcommand};

use crate::config;
use crate::locale::Locale;
use crate::telemetry::LogFormat;

/// vigie watches what the web says about a brand and tells the right person in time.
///
/// Start with `vigie demo`: it shows the whole way, from a page on the web to a mail, on this machine alone.
/// Then `vigie init --brand "My brand" --mail me@example.org` writes a first configuration, `vigie check`
/// says what is wrong with it, and `vigie run` watches.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Exit codes: 0 fine, 1 failed, 2 wrong usage, 78 the configuration must be mended first.")]
pub struct Cli {
    /// Say more in the log (twice: everything)
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Say less in the log (twice: errors alone)
    #[arg(short, long, action = ArgAction::Count, global = true)]
    quiet: u8,
    /// How log lines on stderr are written
    #[arg(long, value_enum, default_value = "text", global = true, value_name = "FORMAT")]
    log: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Demo(demo::Args),
    Run(run::Args),
    Check(check::Args),
    Schema(schema::Args),
    Try(try_text::Args),
    Entries(entries::Args),
    Discover(discover::Args),
    Sentiment(sentiment::Args),
    Correct(correct::Args),
    Handled(handled::Args),
    Mute(mute::Args),
    Unmute(mute::UnmuteArgs),
    SendTest(send_test::Args),
    Status(status::Args),
    Mentions(mentions::Args),
    Report(report::Args),
    Forget(forget::Args),
    Backup(backup::BackupArgs),
    Restore(backup::RestoreArgs),
    Doctor(doctor::Args),
    Completions(completions::Args),
}

impl Cli {
    /// Of the log.
    #[must_use]
    pub const fn log_format(&self) -> LogFormat {
        self.log
    }

    /// `-v` less `-q`. Commands other than the daemon are quiet by themselves.
    #[must_use]
    pub fn verbosity(&self) -> i8 {
        let base = match self.command {
            Command::Run(_) => 0,
            // What goes wrong there is part of the play.
            Command::Demo(_) => -2,
            _ => -1,
        };
        let asked = i16::from(self.verbose) - i16::from(self.quiet);
        i8::try_from((base + asked).clamp(-2, 2)).unwrap_or(0)
    }

    /// Runs the command.
    ///
    /// # Errors
    /// What kept it from doing its work, for stderr.
    pub fn run(self) -> anyhow::Result<Exit> {
        let exit = match self.command {
            Command::Init(args) => init::run(&args),
            Command::Demo(args) => wait(demo::run(args)),
            Command::Run(args) => wait(run::run(args)),
            Command::Check(args) => check::run(&args),
            Command::Schema(args) => schema::run(&args),
            Command::Try(args) if args.backtest => wait(backtest::run(args)),
            Command::Try(args) => try_text::run(&args),
            Command::Entries(args) => wait(sources::entries(args)),
            Command::Discover(args) => wait(discover::run(args)),
            Command::Sentiment(args) if args.evaluate => wait(evaluate::run(args.config.as_deref())),
            Command::Sentiment(args) => sentiment::run(&args),
            Command::Correct(args) => wait(correct::run(args)),
            Command::Handled(args) => wait(handled::run(args)),
            Command::Mute(args) => wait(mute::run(args)),
            Command::Unmute(args) => wait(mute::end(args)),
            Command::SendTest(args) => wait(send_test::run(args)),
            Command::Status(args) => wait(status::run(args)),
            Command::Mentions(args) => wait(mentions::run(args)),
            Command::Report(args) => wait(report::run(args)),
            Command::Forget(args) => wait(forget::run(args)),
            Command::Backup(args) => backup::backup(&args),
            Command::Restore(args) => backup::restore(&args),
            Command::Doctor(args) => wait(doctor::run(args)),
            Command::Completions(args) => Ok(completions::run(&args)),
        };
        match exit {
            // `vigie mentions | head` is no failure.
            Err(error) if is_broken_pipe(&error) => Ok(Exit::Fine),
            exit => exit,
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// One worker and few threads for blocking work: vigie waits more than it computes, what it computes (parsing,
/// matching, the store) is blocking work, and two workers would spend their time waking each other.
fn wait(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).max_blocking_threads(8).enable_all().build()?;
    let exit = runtime.block_on(command);
    // A parser that still turns holds up no stop.
    runtime.shutdown_background();
    exit
}

/// Waits for one answer of the store in a command that waits for nothing else.
fn wait_for<T>(asked: impl Future<Output = T>) -> std::io::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(asked))
}

/// The settings file, or a sentence on stderr that there is none.
fn locate(config: Option<&Path>) -> Option<PathBuf> {
    let found = config::locate(config).ok();
    if found.is_none() {
        eprintln!("{}", Locale::of(config::language_of_environment()).text("config-no-settings"));
    }
    found
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0.
    Fine,
    /// 1.
    Failed,
    /// 2.
    Usage,
    /// 78, `EX_CONFIG` of sysexits: what a restart cannot mend.
    Config,
}

impl Exit {
    /// The process's exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Config => 78,
        }
    }
}
