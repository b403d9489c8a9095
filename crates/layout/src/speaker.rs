//! Who speaks, so that a face can be made large: slow enough that nobody jumps about.

/// Louder than this, of 1, is speech.
const SPEECH: f32 = 0.2;

/// Milliseconds of speech after which somebody is the speaker: longer than a cough or a "yes".
const HEARD: f64 = 800.0;

/// Milliseconds for which the speaker stays that at least.
const STAYS: f64 = 2000.0;

/// Milliseconds of silence of a rival, after which they begin anew.
const PAUSE: f64 = 1500.0;

/// Milliseconds that one look at the levels may count for: a page that sleeps has heard nothing meanwhile.
const STEP: f64 = 250.0;

/// Who is heard at the moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Speaker<Id> {
    current: Option<Id>,
    /// When they became it, in milliseconds.
    since: f64,
    rival: Option<Rival<Id>>,
    looked: f64,
}

/// Somebody who is heard in their place.
#[derive(Debug, Clone, PartialEq)]
struct Rival<Id> {
    id: Id,
    /// Milliseconds of speech.
    heard: f64,
    /// When they were heard last.
    last: f64,
}

impl<Id> Default for Speaker<Id> {
    fn default() -> Self {
        Self { current: None, since: f64::NEG_INFINITY, rival: None, looked: f64::NEG_INFINITY }
    }
}

impl<Id: Clone + PartialEq> Speaker<Id> {
    /// The last one who spoke for long enough, and is still there.
    pub fn current(&self) -> Option<&Id> {
        self.current.as_ref()
    }

    /// Takes how loud everybody is who is there, from 0 to 1, at this moment in milliseconds.
    pub fn hear(&mut self, now: f64, levels: &[(Id, f32)]) {
        let step = (now - self.looked).clamp(0.0, STEP);
        self.looked = now;
        if self.current.as_ref().is_some_and(|id| levels.iter().all(|(there, _)| there != id)) {
            self.current = None;
        }
        let mut loudest: Option<&(Id, f32)> = None;
        for one in levels {
            if one.1 > loudest.map_or(SPEECH, |loudest| loudest.1) {
                loudest = Some(one);
            }
        }
        let Some((id, _)) = loudest else { return };
        if self.current.as_ref() == Some(id) {
            self.rival = None;
            return;
        }
        let before = self.rival.take().filter(|rival| rival.id == *id && now - rival.last < PAUSE);
        let heard = before.map_or(0.0, |rival| rival.heard + step);
        let is_free = self.current.is_none() || now - self.since >= STAYS;
        if is_free && heard >= HEARD {
            (self.current, self.since) = (Some(id.clone()), now);
        } else {
            self.rival = Some(Rival { id: id.clone(), heard, last: now });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who speaks when, in tenths of a second, and who is the speaker at the end of each.
    fn speakers(spoken: &[(u8, u32)]) -> Vec<Option<u8>> {
        let mut speaker = Speaker::default();
        let mut now = 1000.0;
        let hear = |&(who, tenths): &(u8, u32)| {
            for _ in 0..tenths {
                now += 100.0;
                let levels: Vec<_> = (1..=4).map(|id| (id, if id == who { 0.6 } else { 0.05 })).collect();
                speaker.hear(now, &levels);
            }
            speaker.current().copied()
        };
        spoken.iter().map(hear).collect()
    }

    #[test]
    fn who_speaks_becomes_the_speaker_and_stays_it_in_silence() {
        assert_eq!(speakers(&[(0, 50), (1, 5), (1, 5), (0, 600)]), [None, None, Some(1), Some(1)]);
    }

    #[test]
    fn a_cough_changes_nothing() {
        assert_eq!(speakers(&[(1, 30), (2, 6), (1, 5), (2, 6), (0, 20), (2, 6)]).last(), Some(&Some(1)));
    }

    #[test]
    fn an_answer_makes_its_speaker_large_pauses_between_words_included() {
        assert_eq!(speakers(&[(1, 30), (2, 4), (0, 5), (2, 4), (0, 5), (2, 4)]).last(), Some(&Some(2)));
    }

    #[test]
    fn two_who_talk_at_once_do_not_take_turns_with_every_word() {
        let spoken: Vec<(u8, u32)> = (0..200).map(|word| (1 + word % 2, 3)).collect();
        let mut changes = speakers(&spoken);
        changes.dedup();
        assert!(changes.len() <= 3, "{changes:?}");
    }

    #[test]
    fn nobody_is_the_speaker_for_less_than_two_seconds() {
        let spoken: Vec<(u8, u32)> = (0..100).map(|turn| (1 + turn % 4, 10)).collect();
        let mut held = Vec::new();
        for speaker in speakers(&spoken) {
            match held.last_mut() {
                Some((last, seconds)) if *last == speaker => *seconds += 1,
                _ => held.push((speaker, 1)),
            }
        }
        let inner = &held[1..held.len() - 1];
        assert!(inner.len() > 10 && inner.iter().all(|(_, seconds)| *seconds >= 2), "{held:?}");
    }

    #[test]
    fn who_leaves_is_not_the_speaker_any_more() {
        let mut speaker = Speaker::default();
        for tenth in 0..20 {
            speaker.hear(f64::from(tenth) * 100.0, &[(1, 0.5), (2, 0.0)]);
        }
        assert_eq!(speaker.current(), Some(&1));
        speaker.hear(2100.0, &[(2, 0.0)]);
        assert_eq!(speaker.current(), None);
    }

    #[test]
    fn a_page_that_slept_has_heard_nothing() {
        let mut speaker = Speaker::default();
        speaker.hear(0.0, &[(1, 0.5)]);
        speaker.hear(1400.0, &[(1, 0.5)]);
        assert_eq!(speaker.current(), None);
    }
}
