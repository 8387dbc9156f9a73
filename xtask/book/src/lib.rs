//! The book: what its pages say with shortcodes, what its rules are, and how it is built.

pub mod html;
pub mod lesson;
pub mod links;
pub mod listing;
pub mod problem;
pub mod project;
pub mod prose;
pub mod shortcode;
pub mod source;
pub mod source_time;
pub mod summary;
pub mod transcript;
