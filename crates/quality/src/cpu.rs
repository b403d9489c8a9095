//! What our processor can encode: fewer and smaller pictures where it does not keep up.

use crate::ladder::CAMERA;
use crate::rates::{Flow, Sample};
use crate::report::Limited;

/// For so many seconds in a row it falls behind before something is done.
const PERSISTS: u32 = 3;
/// Seconds after a change in which nothing is.
const SETTLES: u32 = 4;
/// Seconds after a step up in which falling behind is its fault.
const PROVES: u32 = 15;
/// Seconds before more is tried: at first, and at most.
const FIRST_WAIT: u32 = 20;
const LONGEST_WAIT: u32 = 160;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Cpu {
    /// The most steps of the ladder of every picture; a picture is never switched off.
    most: usize,
    behind: u32,
    /// Seconds since something changed.
    since: u32,
    wait: u32,
    tries: bool,
}

impl Default for Cpu {
    fn default() -> Self {
        Self { most: CAMERA.len(), behind: 0, since: SETTLES, wait: FIRST_WAIT, tries: false }
    }
}

impl Cpu {
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Whether it holds pictures back.
    pub(crate) fn is_busy(&self) -> bool {
        self.most < CAMERA.len()
    }

    /// Takes the newest sample of every link; `highest` is the greatest step that is sent.
    pub(crate) fn take<'a>(&mut self, samples: impl Iterator<Item = &'a Sample>, highest: usize) {
        self.since = self.since.saturating_add(1);
        let is_behind =
            samples.flat_map(|sample| [&sample.sent.camera, &sample.sent.screen]).any(falls_behind);
        self.behind = if is_behind && self.since > SETTLES { self.behind + 1 } else { 0 };
        if self.behind >= PERSISTS {
            if self.tries && self.since <= PROVES {
                self.wait = (self.wait * 2).min(LONGEST_WAIT);
            }
            self.change(self.most.min(highest).saturating_sub(1).max(1), false);
        } else if self.is_busy() && !is_behind && self.since >= self.wait {
            if self.tries {
                self.wait = (self.wait / 2).max(FIRST_WAIT);
            }
            self.change(self.most + 1, true);
        }
    }

    fn change(&mut self, most: usize, tries: bool) {
        (self.most, self.tries, self.since, self.behind) = (most, tries, 0, 0);
    }
}

/// The browser says so, or a frame takes nearly as long as there is until the next.
fn falls_behind(flow: &Flow) -> bool {
    flow.limited == Limited::Cpu || u32::from(flow.encoding) * u32::from(flow.frames) > 8500
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Sources;

    fn sample(limited: Limited, encoding: u16) -> Sample {
        let camera = Flow { limited, encoding, frames: 30, ..Flow::default() };
        Sample { sent: Sources { camera, ..Sources::default() }, ..Sample::default() }
    }

    #[test]
    fn it_goes_down_in_steps_while_it_falls_behind_and_never_off() {
        let mut cpu = Cpu::default();
        let mut steps = vec![cpu.most()];
        for _ in 0..60 {
            cpu.take([sample(Limited::Cpu, 0)].iter(), cpu.most());
            if steps.last() != Some(&cpu.most()) {
                steps.push(cpu.most());
            }
        }
        assert_eq!(steps, [6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn slow_encoding_is_noticed_without_the_browser_s_word() {
        let mut cpu = Cpu::default();
        for _ in 0..4 {
            cpu.take([sample(Limited::Not, 50), sample(Limited::Not, 300)].iter(), 4);
        }
        assert_eq!(cpu.most(), 3, "one less than was sent");
    }

    #[test]
    fn it_comes_back_and_tries_that_fail_become_rare() {
        let (busy, idle) = (sample(Limited::Cpu, 0), sample(Limited::Not, 0));
        let mut cpu = Cpu::default();
        let mut changes = Vec::new();
        for second in 0..1000 {
            let before = cpu.most();
            // It bears three steps.
            let now = if before > 3 { &busy } else { &idle };
            cpu.take([*now].iter(), before);
            if cpu.most() > before {
                changes.push(second);
            }
        }
        assert!(cpu.most() <= 4 && (4..12).contains(&changes.len()), "{changes:?}");
        for _ in 0..1000 {
            cpu.take([idle].iter(), cpu.most());
        }
        assert!(!cpu.is_busy());
    }
}
