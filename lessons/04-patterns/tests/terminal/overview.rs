//! The list of variants, and the tour.

use crate::LESSON;

#[test]
fn the_table_beside_the_lesson_is_the_programs() {
    LESSON.keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}
