//! The rows of the contexts: by place, as they stand in the files, or by file; and below them what was found in AWS.

use super::{About, Arrangement, Contexts};
use crate::base::text::count;
use crate::source::aws::State;
use crate::tui::scene::{Beyond, Context, Further};
use crate::tui::state::{Discovery, Search};
use crate::view::phrase::{Phrase, Sign, Tone};
use crate::view::table::{Cell, Rank, Row, Topic};

/// What stands above the clusters that no context leads to.
const FOUND: &str = "EKS clusters without a context";

impl Contexts {
    /// All rows, as they are arranged.
    pub(super) fn lay_out(&self) -> Vec<Row<About>> {
        let mut rows: Vec<Row<About>> = self.problems.iter().enumerate().map(|(position, text)| problem(position, text)).collect();
        let group = |context: &Context| match self.arrangement {
            Arrangement::Place => context.place.clone(),
            Arrangement::File => context.file.clone(),
            Arrangement::Flat => String::new(),
        };
        let mut grouped: Vec<(String, Vec<&Context>)> = Vec::new();
        for context in self.contexts.iter() {
            let label = group(context);
            // those of a file or a place stand together already, nearly always
            let known = if grouped.last().is_some_and(|(last, _)| *last == label) {
                grouped.len().checked_sub(1)
            } else {
                grouped.iter().position(|(known, _)| *known == label)
            };
            match known.and_then(|known| grouped.get_mut(known)) {
                Some((_, of_group)) => of_group.push(context),
                None => grouped.push((label, vec![context])),
            }
        }
        if self.arrangement == Arrangement::Place {
            grouped.sort_by_key(|(_, of_group)| of_group.first().map(|context| context.place_rank.clone()));
        }
        let is_alone = grouped.len() < 2;
        for (label, of_group) in grouped {
            if !is_alone {
                rows.push(heading(About::Group(label.clone()), &label, &count(of_group.len(), "context")));
            }
            rows.extend(of_group.into_iter().map(|context| self.row(context, usize::from(!is_alone))));
        }
        rows.extend(further(&self.further));
        // before the list is there nobody knows which clusters have none
        let discovery = self.discovery.iter().filter(|_| self.is_listed);
        rows.extend(discovery.flat_map(|discovery| found(discovery)));
        rows
    }

    /// The row of a context.
    pub(super) fn row(&self, context: &Context, depth: usize) -> Row<About> {
        let open = self.open.as_ref().filter(|(name, _)| *name == context.name);
        let mut state = Phrase::new();
        if context.is_current {
            state = state.plain("current");
        }
        if let Some((_, standing)) = open {
            let (tone, word) = standing.word();
            state = if context.is_current { state.dim(", ") } else { state }.with(tone, word);
        }
        let name = Phrase::new().with(Tone::Name, context.name.as_deref().unwrap_or("the facts"));
        let name = if context.is_production { name.with(Tone::Bad, " production") } else { name };
        let name = if context.findings.is_empty() { name } else { name.with(Tone::Open, " !") };
        let cells = [
            name,
            state,
            Phrase::new().plain(context.user.as_str()),
            Phrase::new().name(context.cluster.as_str()),
            Phrase::new().plain(context.namespace.as_deref().unwrap_or("default")),
            Phrase::new().dim(context.used.as_str()),
            Phrase::new().dim(context.provider.as_str()),
        ];
        let sign = if context.is_current { Sign::Current } else { Sign::None };
        Row::item(depth, About::Context(context.name.clone()), cells.map(Cell::Words).into()).signed(sign)
    }
}

fn heading(about: About, text: &str, aside: &str) -> Row<About> {
    let words = Phrase::new().name(text).dim(format!("  {aside}"));
    Row { topic: Topic::Of(about), rank: Rank::Heading, depth: 0, sign: Sign::None, cells: vec![Cell::Words(words)], is_open: true }
}

fn problem(position: usize, text: &str) -> Row<About> {
    let words = Phrase::new().with(Tone::Open, text);
    Row { rank: Rank::Part, ..Row::part(0, About::Problem(position), words).signed(Sign::Fails) }
}

/// The files that kubectl does not see, folded away.
fn further(files: &[Further]) -> Vec<Row<About>> {
    if files.is_empty() {
        return Vec::new();
    }
    let all = files.iter().map(|file| file.contexts.len()).sum();
    let aside = format!("{} in {}", count(all, "context"), count(files.len(), "file"));
    let heading = Row { is_open: false, ..heading(About::Beyond, "not in kubectl's view", &aside) };
    let file = |(position, file): (usize, &Further)| {
        let words = Phrase::new().plain(file.path.as_str()).dim(format!("  {}", names(file)));
        let context = |context: &Beyond| {
            let asks = if context.command.is_some() { ", which runs a plugin: it is asked first" } else { "" };
            let name = Phrase::new().name(context.name.as_str());
            let name = if context.is_production { name.with(Tone::Bad, " production") } else { name };
            let words = name.dim(format!("  {}{asks}", context.user));
            Row::part(2, About::Outside { file: position, called: file.called(context) }, words)
        };
        let contexts = file.contexts.iter().map(context).collect::<Vec<_>>();
        std::iter::once(Row::part(1, About::Further(position), words)).chain(contexts)
    };
    std::iter::once(heading).chain(files.iter().enumerate().flat_map(file)).collect()
}

/// The names of its contexts.
fn names(file: &Further) -> String {
    file.contexts.iter().map(|context| context.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is known of a file that kubectl does not see.
pub fn beyond(file: &Further) -> Vec<Phrase> {
    let contexts = Phrase::new().name(file.path.as_str()).dim(": ").plain(names(file));
    let next = match &file.export {
        Some(export) => Phrase::new().dim("y copies the line that puts it into kubectl's view: ").plain(export.as_str()),
        None => Phrase::new().dim("A path with a colon cannot stand in KUBECONFIG."),
    };
    vec![contexts, next]
}

/// What was found in AWS, or the row that has it looked for.
fn found(discovery: &Discovery) -> Vec<Row<About>> {
    let places = &discovery.places;
    let new: Vec<_> =
        places.iter().flat_map(|place| place.rows.iter().filter(|row| row.context.is_none()).map(move |row| (place, row))).collect();
    let aside = match discovery.search {
        Search::Idle => "Enter looks for them with your AWS profiles".to_owned(),
        Search::Running { places: all } => format!("looking: {} of {}; x stops", places.len(), count(all, "place")),
        Search::Stopped => format!("stopped after {}; Enter looks again", count(places.len(), "place")),
        Search::Ended if new.is_empty() => "none found; Enter looks again".to_owned(),
        Search::Ended => format!("{}; a adds one", count(new.len(), "cluster")),
    };
    let mut rows = vec![heading(About::Aws, FOUND, &aside)];
    if let Some(failure) = &discovery.failure {
        rows.push(Row::part(1, About::Failed(usize::MAX), Phrase::new().with(Tone::Open, failure.message.as_str())).signed(Sign::Fails));
    }
    for (place, row) in new {
        let whose =
            place.profile.as_deref().map_or_else(|| "credentials of this machine".to_owned(), |profile| format!("profile {profile}"));
        let cells = [
            Phrase::new().name(row.name.as_str()),
            Phrase::new().with(
                Tone::Accent,
                row.status.as_deref().filter(|status| *status != "ACTIVE").map_or_else(|| "found".to_owned(), str::to_lowercase),
            ),
            Phrase::new().plain(whose),
            Phrase::new().plain(place.region.as_deref().unwrap_or_default()),
            Phrase::new(),
            Phrase::new(),
            Phrase::new().dim("eks"),
        ];
        let about = About::Found { profile: place.profile.clone(), region: place.region.clone(), name: row.name.clone() };
        rows.push(Row::item(1, about, cells.map(Cell::Words).into()));
    }
    let failed = places.iter().enumerate().filter(|(_, place)| matches!(place.state, State::Denied | State::Failed));
    rows.extend(failed.map(|(position, place)| {
        let why = place.failure.as_ref().map_or_else(|| place.word(), |failure| failure.message.clone());
        let words = Phrase::new().plain(place.title()).dim(": ").with(Tone::Open, why);
        Row::part(1, About::Failed(position), words).signed(Sign::Fails)
    }));
    rows
}

/// What is known of a context: its name, whole where columns cut it; what is wrong; where it leads; where its parts stand.
pub fn about(context: &Context) -> Vec<Phrase> {
    if context.details.is_empty() && context.findings.is_empty() {
        return Vec::new();
    }
    let name = Phrase::new().name(context.name.as_deref().unwrap_or("the facts"));
    let findings = context.findings.iter().map(|text| Phrase::new().with(Tone::Open, format!("! {text}")));
    let to = Phrase::new().plain(context.cluster.as_str()).dim(", presenting ").plain(context.user.as_str());
    let details = context.details.iter().map(|text| Phrase::new().dim(text.as_str()));
    std::iter::once(name).chain(findings).chain([to]).chain(details).collect()
}
