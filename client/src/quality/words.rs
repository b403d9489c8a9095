//! What is said of a link, in the words of the page's language.

use visavis_protocol::PeerId;
use visavis_quality::{Cause, LinkView, Quality, Sent, Verdict, Whose};

use super::told::{Advised, LinkTold};
use crate::text::{QualityText, fill};

/// Knows the words, and how everybody is called.
pub(super) struct Speaker {
    text: &'static QualityText,
    names: Vec<(PeerId, String)>,
}

impl Speaker {
    pub(super) fn new(text: &'static QualityText) -> Self {
        Self { text, names: Vec::new() }
    }

    /// They are called so from now on.
    pub(super) fn name(&mut self, peer: &PeerId, name: &str) {
        self.names.retain(|(known, _)| known != peer);
        self.names.push((peer.clone(), name.to_owned()));
    }

    fn name_of(&self, peer: &PeerId) -> &str {
        let found = self.names.iter().find(|(known, _)| known == peer).map(|(_, name)| name.as_str());
        found.filter(|name| !name.is_empty()).unwrap_or(self.text.somebody)
    }

    /// What is the matter with a link that is not fine.
    pub(super) fn sentence(&self, link: &LinkView) -> String {
        let name = self.name_of(&link.peer);
        match link.verdicts.first() {
            Some(verdict) => self.verdict(*verdict, name).what,
            None if link.bars == 0 => fill(self.text.nothing_comes, &[("name", name)]),
            None => fill(self.text.weak, &[("name", name)]),
        }
    }

    /// All of it, for who draws it.
    pub(super) fn tell(&self, quality: &Quality, link: LinkView) -> LinkTold {
        let name = self.name_of(&link.peer).to_owned();
        let history = quality.history(&link.peer);
        LinkTold {
            samples: history.map(|history| history.samples().copied().collect()).unwrap_or_default(),
            advice: link.verdicts.iter().map(|verdict| self.verdict(*verdict, &name)).collect(),
            name,
            link,
        }
    }

    fn verdict(&self, verdict: Verdict, name: &str) -> Advised {
        let text = self.text;
        let of = |whose: Whose, ours: &'static str, theirs: &'static str| match whose {
            Whose::Ours => ours,
            Whose::Theirs => theirs,
        };
        let network = |whose| of(whose, text.advice_our_network, text.advice_their_network);
        // A sentence, its number, whose picture is concerned and what is made of it, and what to do.
        let (what, number, picture, advice) = match verdict {
            Verdict::UplinkLoses { whose, loss, sent } => {
                let what = of(whose, text.our_uplink_loses, text.their_uplink_loses);
                (what, percent(loss), Some((whose, sent)), network(whose))
            }
            Verdict::DownlinkLoses { whose, loss, sent } => {
                let what = of(whose, text.our_downlink_loses, text.their_downlink_loses);
                (what, percent(loss), Some((other(whose), sent)), network(whose))
            }
            Verdict::PathLoses { whose, loss, sent } => {
                (text.path_loses, percent(loss), Some((whose, sent)), text.advice_path)
            }
            Verdict::UplinkNarrow { whose, sent } => {
                let what = of(whose, text.our_uplink_narrow, text.their_uplink_narrow);
                (what, 0, Some((whose, sent)), network(whose))
            }
            Verdict::PathNarrow { whose, sent } => {
                (text.path_narrow, 0, Some((whose, sent)), text.advice_path)
            }
            Verdict::Busy { whose } => {
                let advice = of(whose, text.advice_we_are_busy, text.advice_they_are_busy);
                (of(whose, text.we_are_busy, text.they_are_busy), 0, None, advice)
            }
            Verdict::Far { round_trip } => (text.far, round_trip, None, text.advice_far),
            Verdict::Unsteady { .. } => (text.unsteady, 0, None, text.advice_their_network),
            Verdict::Silent { whose } => {
                let advice = of(whose, text.advice_our_device, text.advice_their_device);
                (of(whose, text.our_microphone_silent, text.their_microphone_silent), 0, None, advice)
            }
            Verdict::Still { whose } => {
                let advice = of(whose, text.advice_our_device, text.advice_their_device);
                (of(whose, text.our_camera_still, text.their_camera_still), 0, None, advice)
            }
        };
        let number = number.to_string();
        let values = [("name", name), ("loss", &number), ("time", &number)];
        let mut what = fill(what, &values);
        let then = picture.and_then(|(whose, sent)| match sent {
            Sent::Less(Cause::Network) => {
                Some(of(whose, text.our_picture_lowered, text.their_picture_lowered))
            }
            Sent::Nothing(Cause::Network) => Some(of(whose, text.our_picture_off, text.their_picture_off)),
            Sent::Whole | Sent::Less(_) | Sent::Nothing(_) => None,
        });
        if let Some(then) = then {
            what.push(' ');
            what.push_str(then);
        }
        Advised { what, advice: fill(advice, &values) }
    }
}

fn other(whose: Whose) -> Whose {
    match whose {
        Whose::Ours => Whose::Theirs,
        Whose::Theirs => Whose::Ours,
    }
}

/// Of thousandths, rounded.
fn percent(loss: u16) -> u16 {
    loss.saturating_add(5) / 10
}

#[cfg(test)]
mod tests {
    use visavis_quality::Sources;
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn link(bars: u8, verdicts: Vec<Verdict>) -> LinkView {
        LinkView {
            peer: PeerId::from_bytes([2; 10]),
            bars,
            verdicts,
            sends: [Sent::Whole; 2],
            gets: None,
            codecs: [Sources::default(), Sources::default()],
            now: None,
        }
    }

    #[test]
    fn it_says_whose_network_it_is_and_what_was_done() {
        let mut speaker = Speaker::new(QualityText::new(None));
        let sent = Sent::Less(Cause::Network);
        let verdict = Verdict::UplinkLoses { whose: Whose::Theirs, loss: 183, sent };
        let link = link(2, vec![verdict]);
        assert!(speaker.sentence(&link).starts_with("Guest’s uplink"));
        speaker.name(&link.peer, "Ana");
        let said = "Ana’s uplink loses 18\u{a0}% of packets. Their video was lowered.";
        assert_eq!(speaker.sentence(&link), said);
        let told = speaker.tell(&Quality::new(0), link);
        assert_eq!((told.name.as_str(), told.advice[0].what.as_str()), ("Ana", said));
        assert!(told.advice[0].advice.starts_with("Ask Ana to move closer"));
    }

    #[test]
    fn the_picture_that_is_lowered_is_that_of_who_sends_it() {
        let speaker = Speaker::new(QualityText::new(None));
        let sent = Sent::Nothing(Cause::Network);
        let verdict = Verdict::DownlinkLoses { whose: Whose::Ours, loss: 90, sent };
        let said = "9\u{a0}% of packets do not reach you. Their video is off until it fits.";
        assert_eq!(speaker.sentence(&link(1, vec![verdict])), said);
    }

    #[test]
    fn without_a_verdict_it_says_that_much() {
        let speaker = Speaker::new(QualityText::new(None));
        assert_eq!(speaker.sentence(&link(2, Vec::new())), "The link to Guest is weak.");
        assert_eq!(speaker.sentence(&link(0, Vec::new())), "Nothing comes from Guest.");
    }
}
