//! What the user wants of files.

use visavis_files::{FileId, Input, Intent, Picked};
use visavis_protocol::PeerId;

use super::{Asked, Exchange, Purpose, word::Deed};
use crate::{
    browser::{
        buffers::{Blob, Load},
        guest::Heard,
        ui,
    },
    disk::word::Request,
};

impl Exchange {
    /// A wish is told, or that the files are in sight or not.
    pub(super) fn on_wish(&mut self, heard: &Heard) {
        match heard.what.as_str() {
            "picked" => {
                let _ = self.pick(heard);
            }
            "offer" => self.offer(PeerId::parse(&heard.whom()).ok()),
            "delete" => {
                let drawer = heard.whom();
                self.board.others.retain(|other| other.drawer != drawer);
                self.clerk.tell(Request::DeleteOther { drawer }, Load::Nothing);
                self.publish();
            }
            "seen" | "unseen" => {
                self.board.in_sight = heard.what == "seen";
                self.publish();
            }
            deed => {
                let Some(deed) = Deed::parse(deed) else { return };
                for file in heard.whom().split(' ').filter_map(FileId::parse) {
                    self.on_deed(deed, file);
                }
                self.publish();
            }
        }
    }

    fn on_deed(&mut self, deed: Deed, file: FileId) {
        let intent = match deed {
            Deed::Accept => Intent::Accept(file),
            Deed::Decline => Intent::Decline(file),
            Deed::Pause => Intent::Pause(file, true),
            Deed::Resume => Intent::Pause(file, false),
            Deed::Withdraw => Intent::Withdraw(file),
            Deed::Forget => Intent::Forget(file),
            Deed::Save | Deed::SaveAll => {
                let Some(name) = self.board.save(&file) else { return };
                return self.fetch(&file, Purpose::Save(name, deed));
            }
            Deed::Look => return self.fetch(&file, Purpose::Look(file.clone())),
        };
        self.handle(Input::Intent(intent));
    }

    /// A file is picked, to be offered with others: the file, its id, its name, and a small picture of it.
    fn pick(&mut self, heard: &Heard) -> Option<()> {
        let [blob, file, name, thumbnail] = heard.things();
        let (blob, file) = (Blob::given(&blob)?, FileId::parse(&file.as_string()?)?);
        let (size, kind, thumbnail) = (blob.bytes(), blob.kind(), thumbnail.as_string());
        self.clerk.tell(Request::Pick { file: file.clone() }, Load::File(blob));
        self.picked.push(Picked { file, name: name.as_string()?, size, kind, thumbnail });
        Some(())
    }

    fn offer(&mut self, to: Option<PeerId>) {
        let (files, now) = (std::mem::take(&mut self.picked), ui::now_millis());
        self.handle(Input::Intent(Intent::Offer { files, to, now }));
        self.publish();
    }

    fn fetch(&mut self, file: &FileId, purpose: Purpose) {
        if let Some(source) = self.board.source_of(file) {
            // Without a disk there is nothing to save.
            self.clerk.ask(Asked::Fetch(purpose), Request::Fetch { source }, Load::Nothing);
        }
    }

    pub(super) fn on_fetched(&mut self, purpose: Purpose, blob: &Blob) {
        match purpose {
            Purpose::Look(file) => {
                self.board.look(&file, blob);
                self.publish();
            }
            // The browser asks where, and does so only just after the user has pressed something.
            Purpose::Save(name, deed) => self.host.hand(deed.name(), &name, blob.value()),
        }
    }
}
