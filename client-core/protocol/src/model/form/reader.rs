//! From the JSON shape to a form that keeps its invariants, or to the first thing that is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MAX_DEPTH, MAX_FORM_BYTES, MAX_QUESTIONS,
    definition::{AnswerType, Condition, Form, Group, Item, Question, Repeat, Text},
    error::{FormError, Problem},
    path::is_name,
    source::{ConditionSource, FormSource, ItemSource, Kind},
};

mod parts;

impl Form {
    /// Reads a definition.
    ///
    /// # Errors
    /// The first thing that is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        if text.len() > MAX_FORM_BYTES {
            return Err(FormError::TooLong { bytes: text.len() });
        }
        let unreadable = |source: serde_json::Error| FormError::Unreadable { line: source.line(), column: source.column(), source };
        serde_json::from_str::<FormSource>(text).map_err(unreadable)?.try_into()
    }
}

impl TryFrom<FormSource> for Form {
    type Error = FormError;

    fn try_from(source: FormSource) -> Result<Self, FormError> {
        let FormSource { form, version, title, items } = source;
        let problem = if !is_name(&form) {
            Some(Problem::Name)
        } else if version == 0 {
            Some(Problem::Version)
        } else {
            words("title", &title).err()
        };
        if let Some(problem) = problem {
            return Err(FormError::Form { problem });
        }
        let items = Reader::default().items(items, &Place::default())?;
        Ok(Self { form, version, title, items })
    }
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    /// The questions so far, by path: a condition may name these only, so no two conditions can wait for each other.
    earlier: BTreeMap<String, Earlier>,
}

struct Earlier {
    answer: AnswerType,
    /// The repeated groups that it is in.
    repeats: Vec<String>,
}

/// Where the reader is: in which group.
#[derive(Default)]
struct Place {
    path: String,
    depth: usize,
    repeats: Vec<String>,
}

impl Place {
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    fn inside(&self, path: String, repeat: Option<Repeat>) -> Self {
        let repeats = self.repeats.iter().cloned().chain(repeat.map(|_| path.clone())).collect();
        Self { path, depth: self.depth + 1, repeats }
    }

    fn problem(&self, problem: Problem) -> FormError {
        if self.path.is_empty() { FormError::Form { problem } } else { FormError::Item { path: self.path.clone(), problem } }
    }
}

impl Reader {
    fn items(&mut self, sources: Vec<ItemSource>, place: &Place) -> Result<Vec<Item>, FormError> {
        if sources.is_empty() {
            return Err(place.problem(Problem::NoItems));
        }
        if place.depth >= MAX_DEPTH {
            return Err(place.problem(Problem::TooDeep));
        }
        let mut names = BTreeSet::new();
        let mut items = Vec::with_capacity(sources.len());
        for source in sources {
            let path = place.path_of(&source.name);
            if !names.insert(source.name.clone()) {
                return Err(FormError::Item { path, problem: Problem::NameTaken });
            }
            items.push(self.item(source, path, place)?);
        }
        Ok(items)
    }

    fn item(&mut self, source: ItemSource, path: String, place: &Place) -> Result<Item, FormError> {
        let wrong = |problem| FormError::Item { path: path.clone(), problem };
        parts::check(&source).map_err(wrong)?;
        let relevant = source.relevant.as_ref().map(|condition| self.condition(condition, place)).transpose().map_err(wrong)?;
        if source.kind == Kind::Group { self.group(source, relevant, path, place) } else { self.question(source, relevant, path, place) }
    }

    fn group(&mut self, source: ItemSource, relevant: Option<Condition>, path: String, place: &Place) -> Result<Item, FormError> {
        let repeat = parts::repeat(&source).map_err(|problem| FormError::Item { path: path.clone(), problem })?;
        let ItemSource { name, label, hint, items, .. } = source;
        let items = self.items(items.unwrap_or_default(), &place.inside(path, repeat))?;
        Ok(Item::Group(Group { name, label, hint, relevant, repeat, items }))
    }

    fn question(&mut self, source: ItemSource, relevant: Option<Condition>, path: String, place: &Place) -> Result<Item, FormError> {
        if self.earlier.len() >= MAX_QUESTIONS {
            return Err(FormError::TooManyQuestions);
        }
        let answer = parts::answer(&source).map_err(|problem| FormError::Item { path: path.clone(), problem })?;
        self.earlier.insert(path, Earlier { answer: answer.clone(), repeats: place.repeats.clone() });
        let ItemSource { name, label, hint, required, billing, .. } = source;
        Ok(Item::Question(Question { name, label, hint, required, billing, relevant, answer }))
    }

    /// A name means a sibling before it means a question at the top.
    fn condition(&self, source: &ConditionSource, place: &Place) -> Result<Condition, Problem> {
        let named = &source.question;
        let found = [place.path_of(named), named.clone()].into_iter().find_map(|path| Some((self.earlier.get(&path)?, path)));
        let (earlier, question) = found.ok_or_else(|| Problem::NoEarlierQuestion(named.chars().take(80).collect()))?;
        if !earlier.repeats.iter().all(|repeat| place.repeats.contains(repeat)) {
            return Err(Problem::ManyAnswers(question));
        }
        if !earlier.answer.can_be(&source.equals) {
            return Err(Problem::NeverEquals(question));
        }
        Ok(Condition { question, equals: source.equals.clone() })
    }
}

fn words(field: &'static str, text: &Text) -> Result<(), Problem> {
    if text.en.trim().is_empty() || text.zh.trim().is_empty() { Err(Problem::Words(field)) } else { Ok(()) }
}
