//! Builds small books, each with one thing wrong, and the real one.

mod fixture;
mod pages;
mod real;
mod strictness;
