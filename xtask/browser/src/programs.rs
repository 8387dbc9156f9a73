//! Which browser is used, and what drives it.

use std::{env, path::PathBuf};

/// What to do where one of them does not start.
pub const ADVICE: &str = "install chromium and its driver (Debian: chromium and chromium-driver), or set LESSON_CHROMIUM \
                          and LESSON_CHROMEDRIVER to them";

/// Both programs, as `cargo xtask browser` has found them, or as chromedriver finds them by itself.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The browser, if it is one that chromedriver would not find.
    pub chromium: Option<PathBuf>,
    /// What speaks WebDriver to it.
    pub driver: PathBuf,
}

impl Programs {
    /// Those that the environment names.
    #[must_use]
    pub fn from_env() -> Self {
        let named = |variable| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        let driver = named("LESSON_CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        Programs { chromium: named("LESSON_CHROMIUM"), driver }
    }
}
