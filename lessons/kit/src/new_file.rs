//! Files that appear whole or not at all.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file that will stand under its name once it is complete, and leaves nothing behind if that never happens.
pub(crate) struct NewFile {
    path: PathBuf,
    place: Place,
}

enum Place {
    /// Beside the name, to be moved onto it.
    Beside(NamedTempFile),
    /// A device or a pipe is written to as it is; moving a file onto it would take its place.
    Itself(File),
}

impl NewFile {
    /// Makes sure that the file can be written, before the work that fills it.
    pub(crate) fn create(path: &Path) -> Result<Self, String> {
        // Through a link, to the file that it means.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let cannot = |error| format!("cannot write {}: {error}", path.display());
        if path.is_dir() {
            return Err(format!("cannot write {}: it is a folder. Name a file in it.", path.display()));
        }
        let place = if path.exists() && !path.is_file() {
            Place::Itself(File::options().write(true).open(&path).map_err(cannot)?)
        } else {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut builder = tempfile::Builder::new();
            // Readable by others as any new file is; tempfile's own default is meant for secrets.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
            Place::Beside(builder.prefix(".unfinished-").tempfile_in(folder).map_err(cannot)?)
        };
        Ok(Self { path, place })
    }

    /// Writes `text` and a newline, and puts the file under its name.
    pub(crate) fn keep(self, text: &str) -> Result<(), String> {
        let Self { path, place } = self;
        let kept = match place {
            Place::Beside(mut file) => {
                let written = writeln!(file, "{text}");
                written.and_then(|()| file.persist(&path).map(drop).map_err(|error| error.error))
            }
            Place::Itself(mut file) => writeln!(file, "{text}"),
        };
        kept.map_err(|error| format!("cannot write {}: {error}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_never_finished_leaves_nothing() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let path = folder.path().join("run.json");
        drop(NewFile::create(&path));
        assert_eq!(fs::read_dir(folder.path()).expect("it is ours").count(), 0);

        NewFile::create(&path).and_then(|file| file.keep("{}")).expect("the folder is writable");
        assert_eq!(fs::read_to_string(&path).expect("it was kept"), "{}\n");
        assert_eq!(fs::read_dir(folder.path()).expect("it is ours").count(), 1);
    }

    #[test]
    fn says_what_stands_in_the_way() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let said = |path: &Path| NewFile::create(path).map(drop).expect_err("it can't be written");
        assert!(said(folder.path()).contains("it is a folder"));
        assert!(said(&folder.path().join("missing/run.json")).contains("missing"));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_stays_a_device() {
        use std::os::unix::fs::FileTypeExt;

        let null = Path::new("/dev/null");
        NewFile::create(null).and_then(|file| file.keep("{}")).expect("it takes anything");
        assert!(fs::metadata(null).expect("it is still there").file_type().is_char_device());
    }
}
