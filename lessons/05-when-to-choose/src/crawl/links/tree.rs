//! The tree of a page, without its branches: the tree builder of html5ever wants to know what an element is called, and
//! nothing else.

use std::{borrow::Cow, cell::Cell, rc::Rc};

use html5ever::{
    Attribute, ExpandedName, LocalName, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    ns,
    tendril::StrTendril,
};

/// How often the tree builder may ask for a page, and how many elements may be open for it. A page that means no harm stays
/// far below both. One that opens elements by the thousand and never closes them lets each tag cost as much as all before
/// it, or the square of that.
const MOST_QUESTIONS: u32 = 3_000_000;
const MOST_OPEN: usize = 1_000;

/// What is known of an element, as long as it is open.
#[derive(Debug)]
pub struct Element {
    name: QualName,
    /// Whether it is MathML that has HTML in it.
    has_html: bool,
    /// Counts it.
    _open: Rc<()>,
}

/// Makes elements, and puts them nowhere.
#[derive(Debug, Default)]
pub struct Elements {
    questions: Cell<u32>,
    open: Rc<()>,
}

impl Elements {
    /// Whether the page costs more than a page may.
    pub fn cost_too_much(&self) -> bool {
        self.questions.get() > MOST_QUESTIONS || Rc::strong_count(&self.open) > MOST_OPEN
    }

    fn count(&self) {
        self.questions.set(self.questions.get().saturating_add(1));
    }

    fn element(&self, name: QualName, has_html: bool) -> Rc<Element> {
        Rc::new(Element { name, has_html, _open: Rc::clone(&self.open) })
    }

    /// What has no name, or none that matters.
    fn nameless(&self) -> Rc<Element> {
        self.element(QualName::new(None, ns!(), LocalName::from("")), false)
    }
}

impl TreeSink for Elements {
    type Handle = Rc<Element>;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn elem_name<'a>(&'a self, element: &'a Rc<Element>) -> ExpandedName<'a> {
        self.count();
        element.name.expanded()
    }

    fn same_node(&self, one: &Rc<Element>, other: &Rc<Element>) -> bool {
        self.count();
        Rc::ptr_eq(one, other)
    }

    fn is_mathml_annotation_xml_integration_point(&self, element: &Rc<Element>) -> bool {
        element.has_html
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, flags: ElementFlags) -> Rc<Element> {
        self.count();
        self.element(name, flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Element> {
        self.nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Element> {
        self.nameless()
    }

    fn get_document(&self) -> Rc<Element> {
        self.nameless()
    }

    fn get_template_contents(&self, template: &Rc<Element>) -> Rc<Element> {
        Rc::clone(template)
    }

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append(&self, _: &Rc<Element>, _: NodeOrText<Rc<Element>>) {}
    fn append_before_sibling(&self, _: &Rc<Element>, _: NodeOrText<Rc<Element>>) {}
    fn append_based_on_parent_node(&self, _: &Rc<Element>, _: &Rc<Element>, _: NodeOrText<Rc<Element>>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn add_attrs_if_missing(&self, _: &Rc<Element>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<Element>) {}
    fn reparent_children(&self, _: &Rc<Element>, _: &Rc<Element>) {}
}
