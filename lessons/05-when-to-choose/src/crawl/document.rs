//! A page or robots.txt, as bytes, and the charset in which they are text.

use encoding_rs::Encoding;

/// What a server has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub bytes: Vec<u8>,
    /// The charset that its head declares. A page can declare one itself.
    pub charset: Option<&'static Encoding>,
}

/// The charset that a content type names, such as `text/html; charset=iso-8859-1`. `None` without one, or without one that
/// browsers know.
pub fn charset(content_type: &str) -> Option<&'static Encoding> {
    let parameters = content_type.split(';').filter_map(|parameter| parameter.split_once('='));
    let label = parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?.1;
    Encoding::for_label(label.trim().trim_matches(['"', '\'']).as_bytes())
}

#[cfg(test)]
mod tests {
    use encoding_rs::{SHIFT_JIS, UTF_8, WINDOWS_1252};

    use super::*;

    #[test]
    fn a_content_type_may_name_a_charset() {
        for (content_type, expected) in [
            ("text/html", None),
            ("text/html; charset=utf-8", Some(UTF_8)),
            // Browsers take this name for that of a larger one.
            ("text/html;charset=ISO-8859-1", Some(WINDOWS_1252)),
            ("text/html; level=1; Charset = \"Shift_JIS\" ", Some(SHIFT_JIS)),
            ("text/html; charset=", None),
            ("text/html; charset", None),
            ("text/html; charset=klingon", None),
        ] {
            assert_eq!(charset(content_type), expected, "{content_type}");
        }
    }
}
