//! The commands, one file each, thin over the library. The only room, with `main`, that uses anyhow.

pub mod check;
pub mod completions;
pub mod demo;
pub mod entries;
pub mod init;
pub mod mentions;
pub mod run;
pub mod send_test;
pub mod sentiment;
pub mod status;
pub mod terminal;
pub mod try_text;

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
