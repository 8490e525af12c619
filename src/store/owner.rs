//! Whose the files of a store are: root works on a service's database and leaves no file behind that the service
//! cannot open. Owns that one change of hands; who may work on a store is `lock`.

use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::Path;

/// Gives a file of root's at `path` to whoever owns the folder it lies in. Anybody else's stays as it is.
///
/// # Errors
/// When file or folder cannot be looked at, or the system refuses.
pub(super) fn hand_over(file: &File, path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (file_is, folder_is) = (file.metadata()?, std::fs::metadata(folder)?);
    if file_is.uid() == 0 && folder_is.uid() != 0 {
        // By the open file: in a folder of somebody else's, the name may lead elsewhere by now.
        fchown(file, Some(folder_is.uid()), Some(folder_is.gid()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::chown;

    use super::*;

    #[test]
    fn what_root_writes_belongs_to_the_folders_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = File::create(&path).unwrap();
        hand_over(&file, &path).unwrap();
        let ours = file.metadata().unwrap().uid();
        assert_eq!(ours, std::fs::metadata(folder.path()).unwrap().uid());
        // Root alone can give anything away.
        if ours == 0 {
            chown(folder.path(), Some(65_534), Some(65_534)).unwrap();
            hand_over(&file, &path).unwrap();
            let now = file.metadata().unwrap();
            assert_eq!((now.uid(), now.gid()), (65_534, 65_534));
            chown(folder.path(), Some(1), Some(1)).unwrap();
            hand_over(&file, &path).unwrap();
            assert_eq!(file.metadata().unwrap().uid(), 65_534, "not root's, not ours to give");
        }
    }
}
