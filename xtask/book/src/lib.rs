//! The book: what its pages say with shortcodes, what its rules are, and how it is built.
//!
//! A page is Markdown. What it shows of a source, of a run or of a measurement it names with a shortcode, and
//! [`preprocessor`] puts the real thing there. [`build`] does that, lets mdBook make HTML of it, and then [`links`]
//! follows every link. Whatever breaks a rule is a [`problem`]. [`serve`] shows the book while it is written.

pub mod browser;
pub mod build;
pub mod figures;
pub mod html;
pub mod lesson;
pub mod links;
pub mod listing;
pub mod page;
pub mod plot;
pub mod preprocessor;
pub mod problem;
pub mod project;
pub mod prose;
pub mod record;
pub mod recorded;
pub mod rejected;
pub mod results;
#[cfg(test)]
mod sample;
pub mod scheduling;
pub mod serve;
pub mod shortcode;
pub mod source;
pub mod source_time;
pub mod spelling;
pub mod summary;
pub mod timeline;
pub mod transcript;
