//! The disk's side of files, on the real private file system of a Worker.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

use futures_channel::mpsc;
use futures_util::StreamExt;
use visavis_client::browser::{buffers::Load, entropy};
use visavis_client::disk::{
    Asked, run,
    word::{Answer, Request},
};
use visavis_files::{BLOCK_BYTES, FileId, Hash, Source, StoreOutcome, Unread, extent};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Two blocks and a bit.
const SIZE: u64 = 2 * BLOCK_BYTES + 5;

fn some_id() -> FileId {
    FileId::from_bytes(entropy::random_bytes())
}

fn content(block: u32) -> Vec<u8> {
    let length = usize::try_from(extent(SIZE, block).1).unwrap();
    (0..length).map(|at| u8::try_from((at * 7 + block as usize) % 251).unwrap()).collect()
}

fn hash(block: u32) -> Hash {
    if block > 2 { Hash::from_bytes([0; 32]) } else { Hash::of_block(SIZE, block, &content(block)) }
}

fn load(bytes: &[u8]) -> Load {
    Load::Block(bytes.to_vec())
}

/// A disk, as the page has it.
struct Disk {
    asked: mpsc::UnboundedSender<Asked>,
    answers: mpsc::UnboundedReceiver<(u32, Answer, Load)>,
    tickets: u32,
}

impl Disk {
    fn new() -> Self {
        let (asked, questions) = mpsc::unbounded();
        let (told, answers) = mpsc::unbounded();
        wasm_bindgen_futures::spawn_local(run(questions, move |ticket, answer, load| {
            let _ = told.unbounded_send((ticket, answer, load));
        }));
        Self { asked, answers, tickets: 0 }
    }

    fn tell(&mut self, request: Request, load: Load) {
        self.tickets += 1;
        self.asked.unbounded_send(Asked { ticket: self.tickets, request, load }).unwrap();
    }

    async fn ask(&mut self, request: Request, load: Load) -> (Answer, Load) {
        self.tell(request, load);
        let (ticket, answer, load) = self.answers.next().await.unwrap();
        assert_eq!(ticket, self.tickets);
        (answer, load)
    }

    async fn create(&mut self, store: &FileId, room: &str, size: u64) -> Answer {
        let about = format!(
            "{{\"room\":\"{room}\",\"store\":\"{id}\",\"offer\":{{\"name\":\"a.bin\",\"size\":{size}}}}}",
            id = store.as_str()
        );
        self.ask(Request::Create { store: store.clone(), size, about }, Load::Nothing).await.0
    }

    async fn store(&mut self, store: &FileId, block: u32, bytes: &[u8]) -> Answer {
        let request = Request::Store { store: store.clone(), block, size: SIZE, hash: hash(block) };
        self.ask(request, load(bytes)).await.0
    }

    async fn read(&mut self, store: &FileId, block: u32) -> Result<Vec<u8>, Unread> {
        let source = Source::Stored(store.clone());
        let (answer, load) =
            self.ask(Request::Read { source, block, size: SIZE, gives: true }, Load::Nothing).await;
        let Answer::Read(found) = answer else { panic!("{answer:?}") };
        found.map(|found| {
            let Load::Part(part) = load else { panic!("{load:?}") };
            assert_eq!(Hash::of_block(SIZE, block, part.bytes()), found);
            part.bytes().to_vec()
        })
    }

    /// The blocks that are known of this room, by store.
    async fn recall(&mut self, room: &str) -> (Vec<Vec<u32>>, usize) {
        let request = Request::Recall { room: room.into() };
        let (answer, _) = self.ask(request, Load::Nothing).await;
        let Answer::Recalled { kept, others } = answer else { panic!("{answer:?}") };
        let blocks = |kept: visavis_files::Kept| {
            kept.blocks.iter().for_each(|(block, found)| assert_eq!(*found, hash(*block)));
            kept.blocks.into_iter().map(|(block, _)| block).collect()
        };
        (kept.into_iter().map(blocks).collect(), others.len())
    }
}

const STORED: Answer = Answer::Done(StoreOutcome::Stored);

fn some_room() -> String {
    some_id().as_str().to_owned()
}

#[wasm_bindgen_test]
async fn what_is_stored_is_there_the_next_time() {
    let (room, store) = (some_room(), some_id());
    let mut disk = Disk::new();
    assert_eq!(disk.create(&store, &room, SIZE).await, STORED);
    for block in [2, 0] {
        assert_eq!(disk.store(&store, block, &content(block)).await, STORED);
        assert_eq!(disk.read(&store, block).await.unwrap(), content(block));
    }
    // While it comes it is nobody else's.
    assert_eq!(Disk::new().recall(&room).await.0, [[0_u32; 0]; 0]);
    drop(disk);

    // The task that had it open has ended by the time another one answers.
    let mut disk = Disk::new();
    let (kept, others) = disk.recall("another").await;
    assert_eq!((kept.len(), others > 0), (0, true), "of another room nothing but that it is there");
    let (kept, _) = disk.recall(&room).await;
    assert_eq!(kept, [[2, 0]]);
    assert_eq!(disk.create(&store, &room, SIZE).await, STORED);
    assert_eq!(disk.store(&store, 1, &content(1)).await, STORED);
    disk.tell(Request::Finish { store: store.clone() }, Load::Nothing);
    for block in 0..3 {
        assert_eq!(disk.read(&store, block).await.unwrap(), content(block));
    }
    let fetch = Request::Fetch { source: Source::Stored(store.clone()) };
    let (answer, load) = disk.ask(fetch.clone(), Load::Nothing).await;
    let Load::File(whole) = load else { panic!("{answer:?}") };
    assert_eq!(whole.bytes(), SIZE);

    disk.tell(Request::Delete { store }, Load::Nothing);
    assert_eq!(disk.ask(fetch, Load::Nothing).await.0, Answer::Fetched(false));
    assert_eq!(disk.recall(&room).await.0.len(), 0);
}

#[wasm_bindgen_test]
async fn what_is_not_what_it_should_be_is_not_stored() {
    let (room, store) = (some_room(), some_id());
    let mut disk = Disk::new();
    assert_eq!(disk.create(&store, &room, SIZE).await, STORED);
    let damaged = Answer::Done(StoreOutcome::Damaged);
    let mut bytes = content(0);
    bytes[77] ^= 1;
    assert_eq!(disk.store(&store, 0, &bytes).await, damaged);
    assert_eq!(disk.store(&store, 0, &content(0)[1..]).await, damaged);
    assert_eq!(disk.store(&store, 7, &content(0)).await, damaged, "there is no such block");
    assert_eq!(disk.store(&some_id(), 0, &content(0)).await, Answer::Done(StoreOutcome::Cut));
    assert_eq!(disk.read(&store, 0).await, Err(Unread::Changed), "there is nothing");
    assert_eq!(disk.create(&some_id(), &room, 1 << 50).await, Answer::Done(StoreOutcome::Full));
    disk.tell(Request::Delete { store }, Load::Nothing);
}

/// Enough for what was written to be made to last in between.
#[wasm_bindgen_test]
async fn many_blocks_are_remembered() {
    const BLOCKS: u32 = 150;
    let (room, store, size) = (some_room(), some_id(), u64::from(BLOCKS) * BLOCK_BYTES);
    let bytes: Vec<u8> = content(0);
    let mut disk = Disk::new();
    assert_eq!(disk.create(&store, &room, size).await, STORED);
    for block in 0..BLOCKS {
        let hash = Hash::of_block(size, block, &bytes);
        let request = Request::Store { store: store.clone(), block, size, hash };
        assert_eq!(disk.ask(request, load(&bytes)).await.0, STORED);
    }
    drop(disk);
    let mut disk = Disk::new();
    let (answer, _) = disk.ask(Request::Recall { room }, Load::Nothing).await;
    let Answer::Recalled { kept, .. } = answer else { panic!("{answer:?}") };
    let blocks: Vec<u32> = kept[0].blocks.iter().map(|(block, _)| *block).collect();
    assert_eq!(blocks, (0..BLOCKS).collect::<Vec<_>>());
    disk.tell(Request::Delete { store }, Load::Nothing);
}

/// Of a file that is whole, or that the user has picked, several blocks are read together where they follow each other.
#[wasm_bindgen_test]
async fn blocks_are_what_they_are_in_whatever_order_they_are_read() {
    const BLOCKS: u32 = 11;
    let (room, store, size) = (some_room(), some_id(), u64::from(BLOCKS - 1) * BLOCK_BYTES + 5);
    let content = |block: u32| {
        let length = usize::try_from(extent(size, block).1).unwrap();
        vec![u8::try_from(block).unwrap(); length]
    };
    let mut disk = Disk::new();
    assert_eq!(disk.create(&store, &room, size).await, STORED);
    for block in 0..BLOCKS {
        let hash = Hash::of_block(size, block, &content(block));
        let request = Request::Store { store: store.clone(), block, size, hash };
        assert_eq!(disk.ask(request, load(&content(block))).await.0, STORED);
    }
    disk.tell(Request::Finish { store: store.clone() }, Load::Nothing);
    let stored = Source::Stored(store.clone());
    let (_, whole) = disk.ask(Request::Fetch { source: stored.clone() }, Load::Nothing).await;
    let file = some_id();
    disk.tell(Request::Pick { file: file.clone() }, whole);
    let picked = Source::Picked(file);

    for source in [&stored, &picked] {
        // Kept until all is read, as what waits to be sent is.
        let mut parts = Vec::new();
        for block in [0, 1, 2, 9, 3, 4, 5, 6, 7, 2, 8, 9, 10, 10, 0] {
            let request = Request::Read { source: source.clone(), block, size, gives: true };
            let (answer, load) = disk.ask(request, Load::Nothing).await;
            assert_eq!(answer, Answer::Read(Ok(Hash::of_block(size, block, &content(block)))));
            let Load::Part(part) = load else { panic!("{load:?}") };
            parts.push((block, part));
        }
        for (block, part) in parts {
            assert!(part.bytes() == content(block), "block {block}");
        }
    }
    let longer = Request::Read { source: picked, block: 5, size: size + 1, gives: true };
    assert_eq!(disk.ask(longer, Load::Nothing).await.0, Answer::Read(Err(Unread::Changed)));
    disk.tell(Request::Delete { store }, Load::Nothing);
}
