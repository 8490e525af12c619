//! `vigie backup` and `vigie restore`: the database as one file, and the way back. Own the commands' forms; the
//! copying is `store::sqlite::copies`.

use std::path::{Path, PathBuf};

use jiff::Zoned;

use super::{Exit, status};
use crate::locale::Locale;
use crate::store::StoreError;
use crate::store::lock::{Lock, LockError};
use crate::store::sqlite::copies;
use crate::telemetry::progress::Progress;

/// Write the database into one file, also while the daemon runs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  vigie backup /var/backups/vigie-$(date +%F).db

The file holds mentions, figures and what is still to be sent, not vigie.yaml nor the watchlists.")]
pub struct BackupArgs {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The new file; one that is there is not overwritten
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Put a backup in the place of the database; the daemon must be stopped
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  systemctl stop vigie && vigie restore /var/backups/vigie-2026-11-21.db && systemctl start vigie

The database that was there is kept beside it. Alerts that were sent since the backup may be sent again, with
the same Message-ID.")]
pub struct RestoreArgs {
    /// vigie.yaml; otherwise ./vigie.yaml, then /etc/vigie/vigie.yaml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What `vigie backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs `vigie backup`.
pub fn backup(args: &BackupArgs) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    if !settings.store.try_exists()? {
        eprintln!("{}", locale.format("status-no-store", &[("path", shown(&settings.store).into())]));
        return Ok(Exit::Failed);
    }
    let written = args.file.clone();
    let progress = Progress::start(move |seconds| {
        let megabytes = std::fs::metadata(&written).map_or(0, |file| file.len() / 1_000_000) as i64;
        let arguments = [("megabytes", megabytes.into()), ("seconds", (seconds as i64).into())];
        locale.format("progress-backup", &arguments)
    });
    let written = copies::back_up(&settings.store, &args.file);
    drop(progress);
    match written {
        Ok(bytes) => {
            let arguments = [("file", shown(&args.file).into()), ("kilobytes", bytes.div_ceil(1000).into())];
            println!("{}", locale.format("backup-done", &arguments));
            Ok(Exit::Fine)
        }
        Err(error) => Ok(failed("backup-failed", &args.file, &error, locale)),
    }
}

/// Runs `vigie restore`.
pub fn restore(args: &RestoreArgs) -> anyhow::Result<Exit> {
    let settings = match status::settings(args.config.as_deref()) {
        Ok(settings) => settings,
        Err(exit) => return Ok(exit),
    };
    let locale = Locale::of(settings.language);
    let _lock = match Lock::take(&settings.store) {
        Ok(lock) => lock,
        Err(LockError::Held { pid, .. }) => {
            let pid = pid.map_or_else(String::new, |pid| pid.to_string());
            eprintln!("{}", locale.format("restore-running", &[("pid", pid.into())]));
            return Ok(Exit::Failed);
        }
        Err(error) => return Err(error.into()),
    };
    let stamp = Zoned::now().with_time_zone(settings.timezone.clone()).strftime("%Y%m%dT%H%M%S").to_string();
    let progress =
        Progress::start(move |seconds| locale.format("progress-restore", &[("seconds", (seconds as i64).into())]));
    let restored = copies::restore(&args.file, &settings.store, &stamp);
    drop(progress);
    match restored {
        Ok(aside) => {
            let store = ("store", shown(&settings.store).into());
            match aside {
                Some(aside) => {
                    println!("{}", locale.format("restore-done-aside", &[store, ("aside", shown(&aside).into())]));
                }
                None => println!("{}", locale.format("restore-done", &[store])),
            }
            Ok(Exit::Fine)
        }
        Err(error) => Ok(failed("restore-failed", &args.file, &error, locale)),
    }
}

fn failed(key: &str, file: &Path, error: &StoreError, locale: Locale) -> Exit {
    let arguments = [("file", shown(file).into()), ("error", error.to_string().into())];
    eprintln!("{}", locale.format(key, &arguments));
    Exit::Failed
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
