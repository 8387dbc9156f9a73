//! Files that appear whole or not at all.

use std::{
    fmt::Display,
    fs::{self, File},
    io::{self, Write},
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
        let cannot = |why: &dyn Display| format!("cannot write {}: {why}", path.display());
        let is_folder = path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        if is_folder || path.file_name().is_none() {
            return Err(cannot(&"it is no file. Name one."));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(cannot(&format_args!("there is no folder {}. Make it first.", folder.display())));
        }
        // What may not be written may not be replaced either, though the folder would allow it.
        let there = match File::options().write(true).open(&path) {
            Ok(there) => Some(there),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot(&error)),
        };
        let place = match there {
            Some(there) if !path.is_file() => Place::Itself(there),
            _ => {
                let mut builder = tempfile::Builder::new();
                // As readable as the file that it replaces, or as a new file; tempfile's own default is meant for
                // secrets.
                #[cfg(unix)]
                builder.permissions(
                    there
                        .and_then(|there| Some(there.metadata().ok()?.permissions()))
                        .unwrap_or(std::os::unix::fs::PermissionsExt::from_mode(0o644)),
                );
                let file = builder.prefix(".unfinished-").tempfile_in(folder);
                Place::Beside(file.map_err(|error| cannot(&error.kind()))?)
            }
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
        assert!(said(folder.path()).ends_with("it is no file. Name one."));
        assert!(said(Path::new("")).ends_with("it is no file. Name one."));
        assert!(said(&folder.path().join("missing/")).ends_with("it is no file. Name one."));
        assert!(said(&folder.path().join("missing/run.json")).ends_with("missing. Make it first."));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let path = folder.path().join("run.json");
        fs::write(&path, "old").expect("it is ours");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("it is ours");
        NewFile::create(&path).and_then(|file| file.keep("new")).expect("it is writable");
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
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
