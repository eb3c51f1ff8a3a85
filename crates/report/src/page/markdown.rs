//! A scenario's `description`, which is markdown, as HTML: paragraphs, lists, code and emphasis. HTML in it is text,
//! links are their words and pictures nothing, for a page asks for nothing.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::escape;

pub(super) fn markdown(text: &str) -> String {
    Parser::new(text).map(event).collect()
}

fn event(event: Event<'_>) -> String {
    match event {
        Event::Start(tag) => start(&tag).into(),
        Event::End(tag) => end(tag).into(),
        Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => escape(&text),
        Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
            format!("<code>{}</code>", escape(&text))
        }
        Event::SoftBreak => "\n".into(),
        Event::HardBreak => "<br>".into(),
        Event::Rule => "<hr>".into(),
        Event::FootnoteReference(_) | Event::TaskListMarker(_) => String::new(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "of a parser's open list we render these")]
fn start(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Paragraph => "<p>",
        Tag::Heading { .. } => "<p><b>",
        Tag::CodeBlock(_) => "<pre>",
        Tag::List(Some(_)) => "<ol>",
        Tag::List(None) => "<ul>",
        Tag::Item => "<li>",
        Tag::Emphasis => "<em>",
        Tag::Strong => "<strong>",
        _ => "",
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "of a parser's open list we render these")]
fn end(tag: TagEnd) -> &'static str {
    match tag {
        TagEnd::Paragraph => "</p>\n",
        TagEnd::Heading(_) => "</b></p>\n",
        TagEnd::CodeBlock => "</pre>\n",
        TagEnd::List(true) => "</ol>\n",
        TagEnd::List(false) => "</ul>\n",
        TagEnd::Item => "</li>\n",
        TagEnd::Emphasis => "</em>",
        TagEnd::Strong => "</strong>",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn marks_are_rendered_and_html_is_text() {
        assert_eq!(
            markdown("a `b<` *c* **d**"),
            "<p>a <code>b&lt;</code> <em>c</em> <strong>d</strong></p>\n"
        );
        assert_eq!(markdown("<script>x</script>"), "&lt;script&gt;x&lt;/script&gt;");
        assert_eq!(markdown("[a](https://b) ![c](d)"), "<p>a c</p>\n");
    }
}
