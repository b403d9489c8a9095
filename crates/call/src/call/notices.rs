//! What the user should know at the moment, each thing once.

use crate::input::{Device, DeviceFailure, DeviceKind};
use crate::media::News;
use crate::problem::Problem;
use crate::view::{Notice, NoticeId};

#[derive(Debug, Default)]
pub(super) struct Notices {
    shown: Vec<Notice>,
    last: u32,
    /// Failures the user has seen, so that a dismissed one does not come back with the next event.
    devices: [Option<DeviceFailure>; 2],
    screen: Option<DeviceFailure>,
}

impl Notices {
    pub(super) fn view(&self) -> Vec<Notice> {
        self.shown.clone()
    }

    pub(super) fn add(&mut self, problem: Problem) {
        if self.shown.iter().all(|notice| notice.problem != problem) {
            self.push(problem, None, String::new());
        }
    }

    /// What somebody of this name has done; the newest takes the place of the one before.
    pub(super) fn tell_of(&mut self, problem: Problem, name: String) {
        self.clear(problem);
        self.push(problem, None, name);
    }

    /// The newest of its kind takes the place of the one before.
    pub(super) fn tell(&mut self, news: News) {
        let (problem, device) = match news {
            News::Found(kind, device) => (Problem::DeviceFound(kind), Some(device)),
            News::Gone(kind, device) => (Problem::DeviceGone(kind), Some(device)),
            News::Back(kind, device) => (Problem::DeviceBack(kind), Some(device)),
            News::NotChosen(kind) => (Problem::DeviceNotChosen(kind), None),
        };
        // What was said of it before is over, whichever it was.
        if let Problem::DeviceGone(kind) | Problem::DeviceBack(kind) = problem {
            self.clear(Problem::DeviceGone(kind));
            self.clear(Problem::DeviceBack(kind));
        }
        self.clear(problem);
        self.push(problem, device, String::new());
    }

    /// Takes away the devices that can be used no more.
    pub(super) fn keep_found(&mut self, is_there: impl Fn(DeviceKind, &Device) -> bool) {
        self.shown.retain(|Notice { problem, device, .. }| match (problem, device) {
            (Problem::DeviceFound(kind), Some(device)) => is_there(*kind, device),
            _ => true,
        });
    }

    /// The device that this notice offers; the notice goes.
    pub(super) fn adopt(&mut self, id: NoticeId) -> Option<(DeviceKind, Device)> {
        let at = self.shown.iter().position(|notice| notice.id == id)?;
        match self.shown.remove(at) {
            Notice { problem: Problem::DeviceFound(kind), device: Some(device), .. } => Some((kind, device)),
            _ => None,
        }
    }

    fn push(&mut self, problem: Problem, device: Option<Device>, name: String) {
        self.last += 1;
        self.shown.push(Notice { id: NoticeId(self.last), problem, device, name });
    }

    pub(super) fn clear(&mut self, problem: Problem) {
        self.shown.retain(|notice| notice.problem != problem);
    }

    /// Takes away why the server did not let the user in.
    pub(super) fn clear_refusals(&mut self) {
        use Problem::{Removed, RoomFull, RoomLocked, ServerRefused, TooManyRequests};
        let is_refusal =
            |problem| matches!(problem, RoomFull | RoomLocked | Removed | TooManyRequests | ServerRefused);
        self.shown.retain(|notice| !is_refusal(notice.problem));
    }

    pub(super) fn clear_all(&mut self) {
        self.shown.clear();
    }

    pub(super) fn dismiss(&mut self, id: NoticeId) {
        self.shown.retain(|notice| notice.id != id);
    }

    pub(super) fn set_device(&mut self, kind: DeviceKind, failure: Option<DeviceFailure>) {
        let [microphone, camera] = &mut self.devices;
        let known = match kind {
            DeviceKind::Microphone => microphone,
            DeviceKind::Camera => camera,
        };
        if *known == failure {
            return;
        }
        *known = failure;
        self.shown.retain(|notice| !matches!(notice.problem, Problem::Device(of, _) if of == kind));
        if let Some(failure) = failure {
            self.add(Problem::Device(kind, failure));
        }
    }

    pub(super) fn set_screen(&mut self, failure: Option<DeviceFailure>) {
        if std::mem::replace(&mut self.screen, failure) == failure {
            return;
        }
        self.shown.retain(|notice| !matches!(notice.problem, Problem::Screen(_)));
        if let Some(failure) = failure {
            self.add(Problem::Screen(failure));
        }
    }
}
