//! What a reader of figures has to know of a build.

/// Ends a first line, before figures that say little without optimisation.
pub const NOTE: &str =
    if cfg!(debug_assertions) { " (built without optimisation; --release gives better figures)" } else { "" };
