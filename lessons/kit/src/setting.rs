//! What a person can set for a variant, declared once: its name, its meaning, and what it may be.

use std::{env, fmt::Debug, marker::PhantomData, net::SocketAddr, str::FromStr};

use lesson_data::table::{self, Values};

/// What a person can set: an environment variable, which `--set NAME=VALUE` sets too. The row of each variant that reads it
/// names it, with [`Variant::reads`](crate::Variant::reads). Then the kit checks its value before the variant starts, in Rust
/// or in Python, and says in one sentence what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub struct Setting<T> {
    name: &'static str,
    meaning: &'static str,
    range: Range,
    unit: &'static str,
    usual: Option<&'static str>,
    unoptimised: Option<&'static str>,
    brief: Option<&'static str>,
    value: PhantomData<T>,
}

/// What it may be set to.
#[derive(Debug, Clone, Copy)]
enum Range {
    Whole(u64, u64),
    Wholes(u64, u64),
    Number(f64, f64),
    Address(&'static str),
    Text,
}

impl<T> Setting<T> {
    const fn new(name: &'static str, meaning: &'static str, range: Range) -> Self {
        Self { name, meaning, range, unit: "", usual: None, unoptimised: None, brief: None, value: PhantomData }
    }

    /// A whole number from `least` to `most`.
    #[must_use]
    pub const fn whole(name: &'static str, meaning: &'static str, least: u64, most: u64) -> Self {
        Self::new(name, meaning, Range::Whole(least, most))
    }

    /// Says in what it is measured, as `seconds`.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// The value that holds if none is given, as a person writes it.
    #[must_use]
    pub const fn usual(self, usual: &'static str) -> Self {
        Self { usual: Some(usual), ..self }
    }

    /// The usual value in a build without optimisation.
    #[must_use]
    pub const fn unoptimised(self, usual: &'static str) -> Self {
        Self { unoptimised: Some(usual), ..self }
    }

    /// A value with which the variant is soon done, for a run whose figures nobody reads.
    #[must_use]
    pub const fn brief(self, brief: &'static str) -> Self {
        Self { brief: Some(brief), ..self }
    }
}

impl Setting<f64> {
    /// A number from `least` to `most`.
    #[must_use]
    pub const fn number(name: &'static str, meaning: &'static str, least: f64, most: f64) -> Self {
        Self::new(name, meaning, Range::Number(least, most))
    }
}

impl Setting<SocketAddr> {
    /// An IP address with a port, such as `example`.
    #[must_use]
    pub const fn address(name: &'static str, meaning: &'static str, example: &'static str) -> Self {
        Self::new(name, meaning, Range::Address(example))
    }
}

impl Setting<String> {
    /// Any text.
    #[must_use]
    pub const fn text(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, meaning, Range::Text)
    }
}

impl Setting<Vec<u64>> {
    /// Whole numbers from `least` to `most`, with commas between them.
    #[must_use]
    pub const fn list(name: &'static str, meaning: &'static str, least: u64, most: u64) -> Self {
        Self::new(name, meaning, Range::Wholes(least, most))
    }

    /// The numbers that a person has given, or else the usual ones. None, if there are no usual ones.
    #[must_use]
    pub fn values(&self) -> Vec<u64> {
        let text = self.text_given().or_else(|| self.data().usual_here().map(str::to_owned)).unwrap_or_default();
        text.split(',').filter_map(|number| number.parse().ok()).collect()
    }
}

impl<T: FromStr> Setting<T> {
    /// The value that a person has given; `None` if there is none, or an empty one, or one that it can't be set to, with which
    /// the kit starts no variant that reads it.
    #[must_use]
    pub fn given(&self) -> Option<T> {
        self.text_given()?.parse().ok()
    }

    /// The value that a person has given, or else the usual one.
    ///
    /// # Panics
    ///
    /// If it is declared without a usual value, or with one of another type.
    #[must_use]
    pub fn value(&self) -> T {
        let usual = || self.data().usual_here().and_then(|usual| usual.parse().ok());
        self.given().or_else(usual).expect("the setting is declared with a usual value")
    }
}

impl<T> Setting<T> {
    fn text_given(&self) -> Option<String> {
        let text = env::var_os(self.name).filter(|text| !text.is_empty())?.to_string_lossy().into_owned();
        self.data().check(&text).ok()?;
        Some(if let Range::Address(_) | Range::Text = self.range { text } else { text.replace('_', "") })
    }
}

/// A setting of any type.
pub trait Declared: Debug {
    /// What there is to know of it, but for the variants that read it.
    fn data(&self) -> table::Setting;
}

impl<T: Debug> Declared for Setting<T> {
    fn data(&self) -> table::Setting {
        Setting::data(self)
    }
}

impl<T> Setting<T> {
    fn data(&self) -> table::Setting {
        let own = |text: Option<&str>| text.map(str::to_owned);
        table::Setting {
            name: self.name.to_owned(),
            meaning: self.meaning.to_owned(),
            values: match self.range {
                Range::Whole(least, most) => Values::Whole(least, most),
                Range::Wholes(least, most) => Values::Wholes(least, most),
                Range::Number(least, most) => Values::Number(least, most),
                Range::Address(example) => Values::Address(example.to_owned()),
                Range::Text => Values::Text,
            },
            unit: self.unit.to_owned(),
            usual: own(self.usual),
            unoptimised: own(self.unoptimised),
            brief: own(self.brief),
            variants: Vec::new(),
        }
    }
}
