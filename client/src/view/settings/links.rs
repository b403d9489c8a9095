//! How each link does: in words, in figures, and as graphs of the last minutes.

use leptos::prelude::*;
use visavis_quality::{Codec, Flow, KEPT, Sample, Sources, Way};

use super::SettingsScene;
use crate::{quality::LinkTold, text::SettingsText};

/// Width and height of a graph, in its own units: a sample each.
const GRAPH: (usize, u32) = (KEPT, 48);

/// All of them, and a button that saves what was measured; nothing while there is none.
pub(super) fn links(scene: SettingsScene) -> AnyView {
    let text = scene.text;
    let peers = Memo::new(move |_| {
        scene.links.with(|links| links.iter().map(|told| told.link.peer.clone()).collect::<Vec<_>>())
    });
    let any = Memo::new(move |_| !peers.with(Vec::is_empty));
    let one = move |peer: visavis_protocol::PeerId| {
        let find = move |links: &Vec<LinkTold>| links.iter().find(|told| told.link.peer == peer).cloned();
        let first = scene.links.with_untracked(&find)?;
        let told = Memo::new(move |last: Option<&LinkTold>| {
            scene.links.with(&find).unwrap_or_else(|| last.unwrap_or(&first).clone())
        });
        Some(link(told, text))
    };
    let all = move || {
        view! {
            <section data-testid="links">
                <h3>{text.links}</h3>
                <div class="links">
                    <For each=move || peers.get() key=Clone::clone children=one />
                </div>
                <button
                    type="button"
                    class="secondary small"
                    data-testid="export-quality"
                    on:click=move |_| scene.export.run(())
                >
                    {text.links_export}
                </button>
            </section>
        }
    };
    view! { {move || any.get().then(all)} }.into_any()
}

fn link(told: Memo<LinkTold>, text: &'static SettingsText) -> AnyView {
    let peer = told.with_untracked(|told| told.link.peer.to_string());
    let name = Memo::new(move |_| told.with(|told| told.name.clone()));
    let advice = Memo::new(move |_| told.with(|told| told.advice.clone()));
    let way = move || match told.with(|told| told.link.now.map(|now| now.way)) {
        Some(Way::Direct) => text.link_direct,
        Some(Way::Relayed) => text.link_relayed,
        Some(Way::Unknown) | None => "",
    };
    let words = move || {
        let advice = advice.get();
        if advice.is_empty() {
            return view! { <p class="link-fine">{text.link_fine}</p> }.into_any();
        }
        let one = |told: crate::quality::Advised| {
            view! { <p class="link-wrong" data-testid="verdict"><b>{told.what}</b> " " {told.advice}</p> }
        };
        advice.into_iter().map(one).collect_view().into_any()
    };
    let figures = move || told.with(|told| told.link.now.map(|now| table(&now, &told.link.codecs, text)));
    let graphs = move || told.with(|told| graphs(&told.samples, text));
    view! {
        <article class="link" data-testid="link" data-peer=peer data-bars=move || told.with(|told| told.link.bars.to_string())>
            <h4>
                <bdi>{move || name.get()}</bdi>
                <small data-testid="way">{way}</small>
            </h4>
            {words}
            {figures}
            {graphs}
        </article>
    }
    .into_any()
}

/// What is sent and what comes, side by side.
fn table(now: &Sample, codecs: &[Sources<Option<Codec>>; 2], text: &'static SettingsText) -> AnyView {
    let row = |name: &'static str, testid: &'static str, of: &dyn Fn(usize, &Sources<Flow>) -> String| {
        let cells = [of(0, &now.sent), of(1, &now.received)];
        view! {
            <tr data-testid=testid>
                <th scope="row">{name}</th>
                {cells.map(|cell| view! { <td><bdi>{cell}</bdi></td> }).collect_view()}
            </tr>
        }
        .into_any()
    };
    let picture = |flow: &Flow, codec: Option<&Codec>| {
        if flow.frames == 0 {
            return "–".to_owned();
        }
        let codec = codec.map(String::as_str).unwrap_or_default();
        format!("{}×{}, {} fps, {codec}", flow.width, flow.height, flow.frames)
    };
    let has_screen = now.sent.screen.frames > 0 || now.received.screen.frames > 0;
    let screen = has_screen.then(|| {
        row(text.link_screen, "link-screen", &|way, flows| {
            picture(&flows.screen, codecs[way].screen.as_ref())
        })
    });
    view! {
        <table>
            <thead>
                <tr>
                    <td></td>
                    <th scope="col">{text.link_sent}</th>
                    <th scope="col">{text.link_received}</th>
                </tr>
            </thead>
            <tbody>
                {row(text.link_picture, "link-picture", &|way, flows| {
                    picture(&flows.camera, codecs[way].camera.as_ref())
                })}
                {screen}
                {row(text.link_bitrate, "link-bitrate", &|_, flows| {
                    format!("{} kbit/s", Sample::total(flows).0 / 1000)
                })}
                {row(text.link_loss, "link-loss", &|_, flows| percent(Sample::total(flows).1))}
                {row(text.link_jitter, "link-jitter", &|_, flows| format!("{} ms", flows.sound.jitter))}
                {row(text.link_freezes, "link-freezes", &|way, flows| {
                    if way == 0 { "–".to_owned() } else { format!("{} ms", flows.camera.frozen) }
                })}
                <tr data-testid="link-round-trip">
                    <th scope="row">{text.link_round_trip}</th>
                    <td colspan="2">
                        <bdi>{now.round_trip.map_or("–".to_owned(), |millis| format!("{millis} ms"))}</bdi>
                    </td>
                </tr>
            </tbody>
        </table>
    }
    .into_any()
}

/// Of thousandths, rounded.
fn percent(share: u16) -> String {
    format!("{} %", (share + 5) / 10)
}

/// A line of a graph: its class, and what it is of.
type Line<'a> = (&'static str, &'a dyn Fn(&Sample) -> u32);

fn graphs(samples: &[Sample], text: &'static SettingsText) -> AnyView {
    let graph = |name: &'static str, lines: &[Line]| {
        let values: Vec<(&str, Vec<u32>)> =
            lines.iter().map(|(class, of)| (*class, samples.iter().map(*of).collect())).collect();
        let most = values.iter().flat_map(|(_, line)| line).copied().max().unwrap_or_default().max(1);
        let lines = values.into_iter().map(|(class, line)| {
            view! { <polyline class=class points=points(&line, most)></polyline> }
        });
        view! {
            <figure>
                <svg
                    viewBox=format!("0 0 {} {}", GRAPH.0, GRAPH.1)
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=name
                >
                    {lines.collect_view()}
                </svg>
                <figcaption>{name}</figcaption>
            </figure>
        }
        .into_any()
    };
    view! {
        <div class="graphs">
            {graph(text.link_bitrate, &[
                ("sent", &|sample| Sample::total(&sample.sent).0),
                ("received", &|sample| Sample::total(&sample.received).0),
            ])}
            {graph(text.link_loss, &[
                ("sent", &|sample| Sample::total(&sample.sent).1.into()),
                ("received", &|sample| Sample::total(&sample.received).1.into()),
            ])}
            {graph(text.link_round_trip, &[("received", &|sample| {
                sample.round_trip.unwrap_or_default().into()
            })])}
        </div>
    }
    .into_any()
}

/// A line that ends at the right edge, now.
fn points(line: &[u32], most: u32) -> String {
    let from = GRAPH.0.saturating_sub(line.len());
    let point = |(at, value): (usize, &u32)| {
        let height = u64::from(*value) * u64::from(GRAPH.1 - 2) / u64::from(most);
        format!("{},{} ", from + at, u64::from(GRAPH.1 - 1) - height)
    };
    line.iter().enumerate().map(point).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_graph_ends_at_the_right_and_reaches_the_top() {
        assert_eq!(points(&[0, 5, 10], 10), "297,47 298,24 299,1 ");
        assert_eq!(points(&[], 1), "");
    }
}
