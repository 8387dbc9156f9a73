//! Files that appear whole or not at all.

use std::{
    fmt::Display,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file that will stand under its name once it is complete, and leaves nothing behind if that never happens.
pub(crate) struct NewFile {
    /// As the person named it.
    name: PathBuf,
    place: Place,
}

enum Place {
    /// Beside the path, to be moved onto it.
    Beside(NamedTempFile, PathBuf),
    /// A device or a pipe is written to as it is; moving a file onto it would take its place.
    Itself(File),
    Output,
    Errors,
}

/// What a name means.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// The program's own output goes there too, so this has to go behind it.
    Output,
    /// The same for its standard error.
    Errors,
    /// What is open already, under a number.
    Descriptor(PathBuf),
    /// All else, with no link behind it.
    Path(PathBuf),
}

/// What a person calls standard output where a file is asked for.
const OUTPUT: &str = "-";

/// Links that lead to links, at most, as Linux has it.
const LINKS: usize = 40;

/// The name for a person who has written `path`.
pub(crate) fn name(path: &Path) -> impl Display {
    if path == Path::new(OUTPUT) { "standard output".to_owned() } else { path.display().to_string() }
}

/// Whether both names mean the same file.
pub(crate) fn are_one(one: &Path, other: &Path) -> bool {
    match (Target::of(one), Target::of(other)) {
        // Two names that differ in case alone are one on most of the disks there.
        (Target::Path(one), Target::Path(other)) if cfg!(any(windows, target_os = "macos")) => {
            one.as_os_str().eq_ignore_ascii_case(other.as_os_str())
        }
        (one, other) => one == other,
    }
}

impl Target {
    fn of(path: &Path) -> Self {
        if path == Path::new(OUTPUT) {
            return Self::Output;
        }
        let path = followed(path);
        if is_open_as(&path, io::stdout()) {
            Self::Output
        } else if is_open_as(&path, io::stderr()) {
            Self::Errors
        } else if is_descriptor(&path) {
            Self::Descriptor(path)
        } else {
            let folder = folder_of(&path).canonicalize();
            Self::Path(match (folder, path.file_name()) {
                (Ok(folder), Some(name)) => folder.join(name),
                _ => path,
            })
        }
    }
}

/// Where `path` leads through all links, also if there is no file at the end of it. A descriptor stays one: its link tells
/// the name of the file that is open, and that may be open to add to its end.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match path.read_link() {
            Ok(next) if !is_descriptor(&path) => path = folder_of(&path).join(next),
            _ => break,
        }
    }
    path
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether `path` is the number of an open file: below `/dev/fd`, which on Linux is a link to `/proc/self/fd`.
fn is_descriptor(path: &Path) -> bool {
    let folder = folder_of(path).canonicalize();
    folder.is_ok_and(|folder| folder == Path::new("/dev/fd") || folder.starts_with("/proc") && folder.ends_with("fd"))
}

/// Whether `open` goes to the file at `path`.
#[cfg(unix)]
fn is_open_as(path: &Path, open: impl std::os::fd::AsFd) -> bool {
    use std::os::unix::fs::MetadataExt;

    let open = open.as_fd().try_clone_to_owned().and_then(|open| File::from(open).metadata());
    let identity = |file: fs::Metadata| (file.dev(), file.ino());
    open.ok().map(identity).is_some_and(|open| fs::metadata(path).ok().map(identity) == Some(open))
}

/// Elsewhere a file that is open for output can't be replaced.
#[cfg(not(unix))]
fn is_open_as<T>(_path: &Path, _open: T) -> bool {
    false
}

impl NewFile {
    /// Makes sure that the file can be written, before the work that fills it.
    pub(crate) fn create(name: &Path) -> Result<Self, String> {
        let is_folder = name.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        let place = match Target::of(name) {
            Target::Output => Ok(Place::Output),
            Target::Errors => Ok(Place::Errors),
            // It may be open to add to its end. Then so do we, or else what stands there would be lost.
            Target::Descriptor(path) => {
                File::options().append(true).open(path).map(Place::Itself).map_err(|error| error.to_string())
            }
            Target::Path(path) if is_folder || path.is_dir() || path.file_name().is_none() => {
                Err("it is no file. Name one.".to_owned())
            }
            Target::Path(path) => Place::at(path),
        };
        let place = place.map_err(|reason| format!("cannot write {}: {reason}", name.display()))?;
        Ok(Self { name: name.to_owned(), place })
    }

    /// Writes `text` and a newline, and puts the file under its name.
    pub(crate) fn keep(self, text: &str) -> Result<(), Failure> {
        let kept = match self.place {
            Place::Beside(mut file, path) => {
                let written = writeln!(file, "{text}");
                written.and_then(|()| file.persist(path).map(drop).map_err(|error| error.error))
            }
            Place::Itself(mut file) => writeln!(file, "{text}"),
            Place::Output => {
                let mut output = io::stdout().lock();
                return writeln!(output, "{text}").and_then(|()| output.flush()).map_err(Failure::Output);
            }
            Place::Errors => writeln!(io::stderr(), "{text}"),
        };
        kept.map_err(|error| Failure::Said(format!("cannot write {}: {error}", self.name.display())))
    }
}

impl Place {
    /// For the file `path`, or one sentence that says what stands in the way.
    fn at(path: PathBuf) -> Result<Self, String> {
        let folder = folder_of(&path);
        if !folder.is_dir() {
            return Err(format!("there is no folder {}. Make it first.", folder.display()));
        }
        // What may not be written may not be replaced either, though the folder would allow it.
        let present = match File::options().write(true).open(&path) {
            Ok(present) if !path.is_file() => return Ok(Self::Itself(present)),
            Ok(present) => Some(present),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.to_string()),
        };
        let mut builder = tempfile::Builder::new();
        // As readable as the file that it replaces, or as a new file; tempfile's own default is meant for secrets.
        #[cfg(unix)]
        builder.permissions(
            present
                .and_then(|present| Some(present.metadata().ok()?.permissions()))
                .unwrap_or(std::os::unix::fs::PermissionsExt::from_mode(0o644)),
        );
        #[cfg(not(unix))]
        drop(present);
        let file = builder.prefix(".unfinished-").tempfile_in(folder).map_err(|error| error.kind().to_string())?;
        Ok(Self::Beside(file, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(path: &Path, text: &str) {
        NewFile::create(path).expect("it can be written").keep(text).expect("there is room");
    }

    #[test]
    fn a_file_that_is_never_finished_leaves_nothing() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let path = folder.path().join("run.json");
        drop(NewFile::create(&path));
        assert_eq!(fs::read_dir(folder.path()).expect("it is ours").count(), 0);

        keep(&path, "{}");
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
        #[cfg(unix)]
        {
            let round = folder.path().join("round");
            std::os::unix::fs::symlink("round", &round).expect("it is ours");
            let why = said(&round);
            assert!(why.starts_with(&format!("cannot write {}: ", round.display())), "{why}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let path = folder.path().join("run.json");
        fs::write(&path, "old").expect("it is ours");
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("it is ours");
        keep(&path, "new");
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_stays_a_device() {
        use std::os::unix::fs::FileTypeExt;

        let null = Path::new("/dev/null");
        keep(null, "{}");
        assert!(fs::metadata(null).expect("it is still there").file_type().is_char_device());
    }
}
