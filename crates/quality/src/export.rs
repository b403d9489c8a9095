//! What is known of the last minutes, as JSON (RFC 8259), for who wants to look at it elsewhere.

use std::fmt::Write;

use crate::history::History;
use crate::rates::{Flow, Sample};
use crate::report::{Limited, Sources, Way};

/// A link that is written, and how its person is called.
pub(crate) type Named<'a> = (&'a str, &'a str, &'a History);

/// All of it. `at` is now, in milliseconds of the clock of the samples.
pub(crate) fn json<'a>(at: u64, links: impl Iterator<Item = Named<'a>>) -> String {
    let mut out = format!("{{\"version\":1,\"at\":{at},\"links\":");
    list(&mut out, links, |out, (peer, name, history)| {
        // An id needs no escapes.
        write_to(out, format_args!("{{\"peer\":\"{peer}\",\"name\":"));
        text(out, name);
        out.push_str(",\"samples\":");
        list(out, history.samples(), sample);
        out.push('}');
    });
    out.push('}');
    out
}

fn write_to(out: &mut String, what: std::fmt::Arguments) {
    // A String takes all that is written.
    let _ = out.write_fmt(what);
}

fn list<T>(out: &mut String, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    out.push('[');
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

fn sample(out: &mut String, sample: &Sample) {
    let way = match sample.way {
        Way::Unknown => "unknown",
        Way::Direct => "direct",
        Way::Relayed => "relayed",
    };
    write_to(out, format_args!("{{\"at\":{},\"way\":\"{way}\"", sample.at));
    field(out, "roundTripMs", sample.round_trip.map(u32::from));
    field(out, "availableBps", sample.available);
    for (name, flows) in [("sent", &sample.sent), ("received", &sample.received)] {
        write_to(out, format_args!(",\"{name}\":"));
        sources(out, flows);
    }
    out.push('}');
}

fn sources(out: &mut String, flows: &Sources<Flow>) {
    let named = ["sound", "camera", "screen"].into_iter().zip(flows.all());
    out.push('{');
    for (at, (name, flow)) in named.enumerate() {
        let limited = match flow.limited {
            Limited::Not => "none",
            Limited::Cpu => "cpu",
            Limited::Bandwidth => "bandwidth",
            Limited::Other => "other",
        };
        let comma = if at > 0 { "," } else { "" };
        write_to(out, format_args!("{comma}\"{name}\":{{\"limited\":\"{limited}\""));
        field(out, "bps", Some(flow.bits));
        for (name, number) in [
            ("lossPerMille", flow.loss),
            ("jitterMs", flow.jitter),
            ("fps", flow.frames),
            ("width", flow.width),
            ("height", flow.height),
            ("freezes", flow.freezes),
            ("frozenMs", flow.frozen),
            ("encodingTenthsMs", flow.encoding),
            ("concealedPerMille", flow.concealed),
        ] {
            field(out, name, Some(number.into()));
        }
        field(out, "levelPerMille", flow.level.map(u32::from));
        out.push('}');
    }
    out.push('}');
}

/// A number; what is not known is left out.
fn field(out: &mut String, name: &str, number: Option<u32>) {
    if let Some(number) = number {
        write_to(out, format_args!(",\"{name}\":{number}"));
    }
}

fn text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                write_to(out, format_args!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn it_is_json_with_all_figures_and_names_as_they_are() {
        let camera = Flow { bits: 400_000, loss: 12, frames: 30, limited: Limited::Cpu, ..Flow::default() };
        let sent = Sources { camera, ..Sources::default() };
        let mut history = History::default();
        history.push(Sample { at: 1000, ..Sample::default() });
        history.push(Sample { at: 2000, way: Way::Relayed, round_trip: Some(40), sent, ..Sample::default() });
        let name = "Ana \"A\\\u{7}\u{85} 数";
        let links = [("w2t9qz04v8m1ykcd", name, &history), ("5e0rk3jx7p2hn6sa", "", &History::default())];
        let read: Value = serde_json::from_str(&json(3000, links.into_iter())).unwrap();
        assert_eq!((read["version"].as_u64(), read["at"].as_u64()), (Some(1), Some(3000)));
        let ana = &read["links"][0];
        assert_eq!(ana["name"], name);
        let [first, second] = [&ana["samples"][0], &ana["samples"][1]];
        assert!(first.get("roundTripMs").is_none());
        assert_eq!((second["way"].as_str(), second["roundTripMs"].as_u64()), (Some("relayed"), Some(40)));
        let camera = &second["sent"]["camera"];
        assert_eq!((camera["bps"].as_u64(), camera["fps"].as_u64()), (Some(400_000), Some(30)));
        assert_eq!((camera["lossPerMille"].as_u64(), camera["limited"].as_str()), (Some(12), Some("cpu")));
        assert_eq!(read["links"][1]["samples"].as_array().map(Vec::len), Some(0));
    }
}
