//! Notices when something that the book is made of has changed.
//!
//! It looks at the files again and again. There are a few hundred, so a look takes a few milliseconds, and unlike the
//! system's own notices it has no limits to run into, and sees changes on network drives and in containers too.

use crate::project::{self, Project};
use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

/// How often to look.
const PAUSE: Duration = Duration::from_millis(150);

/// For how long nothing more may change before it counts as done: a save may write several files, or one in parts.
const SETTLED: Duration = Duration::from_millis(60);

/// Files that change all the time shall not keep the book from being built.
const PATIENCE: Duration = Duration::from_secs(2);

/// The files that the book is made of, as they stood at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Sources(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Sources {
    /// As they stand now.
    pub fn of(project: &Project) -> Self {
        let folders = [project.book(), project.root().join("lessons")].into_iter();
        let files = folders.flat_map(|folder| {
            let files = project::files(&folder, |name| !is_none_of_ours(name)).into_iter();
            files.map(move |file| folder.join(file))
        });
        // What is gone by now has changed, and so it has when it is missing here.
        let read = |file: PathBuf| {
            let about = fs::metadata(&file).ok()?;
            Some((file, (about.modified().ok(), about.len())))
        };
        Sources(files.filter_map(read).collect())
    }

    /// Returns when they are no longer as they were here. `pause` waits for so long, or gives `None` if we shall stop.
    pub fn changed(&self, project: &Project, mut pause: impl FnMut(Duration) -> Option<()>) -> Option<()> {
        let mut now = Sources::of(project);
        while now == *self {
            pause(PAUSE)?;
            now = Sources::of(project);
        }
        let deadline = Instant::now() + PATIENCE;
        let mut then = Sources(BTreeMap::new());
        while now != then && Instant::now() < deadline {
            pause(SETTLED)?;
            then = mem::replace(&mut now, Sources::of(project));
        }
        Some(())
    }
}

/// Whether it is what a tool leaves beside the sources: an editor's lock, backup or half-written file, or what a build
/// or Python made.
fn is_none_of_ours(name: &str) -> bool {
    // Vim tries with a file of this name whether it may write to a folder.
    const VIMS_TRIAL: &str = "4913";
    let ending = |ending: &str| Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    name.starts_with(['.', '#'])
        || name.ends_with('~')
        || ["swp", "swx", "swo", "tmp", "bak", "orig", "pyc"].into_iter().any(ending)
        || [VIMS_TRIAL, "target", "__pycache__"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// A project with one page and one lesson.
    fn project() -> (TempDir, Project) {
        let folder = TempDir::new().expect("there is room for a folder");
        let project = Project::at(folder.path());
        for (folder, file) in [("book/src", "page.md"), ("lessons/01/src", "main.rs"), ("target/book", "page.html")] {
            let folder = project.root().join(folder);
            fs::create_dir_all(&folder).expect("a folder can be made");
            fs::write(folder.join(file), "text").expect("a file can be written");
        }
        (folder, project)
    }

    #[test]
    fn a_longer_a_new_and_a_lost_file_are_changes() {
        let (_folder, project) = project();
        let before = Sources::of(&project);
        assert_eq!(before, Sources::of(&project));
        fs::write(project.pages().join("page.md"), "longer text").expect("a file can be written");
        let longer = Sources::of(&project);
        assert_ne!(before, longer);
        fs::write(project.root().join("lessons/01/src/tokio.rs"), "").expect("a file can be written");
        assert_ne!(longer, Sources::of(&project));
        fs::remove_file(project.root().join("lessons/01/src/tokio.rs")).expect("a file can be removed");
        assert_eq!(longer, Sources::of(&project));
    }

    #[test]
    fn what_tools_leave_behind_is_no_change() {
        let (_folder, project) = project();
        let before = Sources::of(&project);
        for name in [".page.md.swp", "page.md~", "#page.md#", ".#page.md", "4913", "page.md.tmp", "page.md.bak"] {
            fs::write(project.pages().join(name), "").expect("a file can be written");
        }
        for folder in ["lessons/01/target", "lessons/01/__pycache__", "target/book"] {
            let folder = project.root().join(folder);
            fs::create_dir_all(&folder).expect("a folder can be made");
            fs::write(folder.join("file.rs"), "").expect("a file can be written");
        }
        assert_eq!(before, Sources::of(&project));
    }

    #[test]
    fn a_burst_is_one_change() {
        let (_folder, project) = project();
        let before = Sources::of(&project);
        let mut writes = 0;
        let ended = before.changed(&project, |_| {
            // It goes on over the first pauses after the one in which it began.
            if writes < 4 {
                writes += 1;
                fs::write(project.pages().join(format!("{writes}.md")), "").expect("a file can be written");
            }
            Some(())
        });
        assert_eq!((ended, writes), (Some(()), 4));
    }

    #[test]
    fn it_stops_when_asked_to() {
        let (_folder, project) = project();
        assert_eq!(Sources::of(&project).changed(&project, |_| None), None);
    }
}
