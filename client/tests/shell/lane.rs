//! Connections beside one that is there.

use std::cell::RefCell;
use std::rc::Rc;

use visavis_client::browser::channels::{Arrivals, Channel, ChannelEvent, Connection, Unheard};
use visavis_client::browser::lane::{Lane, LaneEvent};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::clock::until;
use crate::pair::{ALICE, BOB, Pair};

type Told<T> = Rc<RefCell<Vec<T>>>;

fn note<T: 'static>(told: &Told<T>) -> impl Fn(T) + 'static {
    let told = Rc::clone(told);
    move |event| told.borrow_mut().push(event)
}

fn connection(pair: &Pair, side: usize) -> Connection {
    Clone::clone(pair.sides[side].peer.as_ref().unwrap().connection())
}

#[test]
async fn what_is_announced_leaves_room_for_what_is_negotiated_later() {
    let pair = Pair::connected(&[], &[]).await;
    for side in [ALICE, BOB] {
        let connection = connection(&pair, side);
        let _announced: Vec<_> = (0..8).map(|_| Unheard::announced(&connection, "a file").unwrap()).collect();
        let first = Channel::negotiated(&connection, visavis_quality::CHANNEL, false, |_| {});
        assert!(first.is_ok(), "{first:?}");
        // An error, and no exception that nobody catches.
        let second = Channel::negotiated(&connection, visavis_quality::CHANNEL, false, |_| {});
        assert!(second.is_err());
    }
}

/// Who answers: a lane beside this connection for each channel that comes over it.
struct Answerer {
    lanes: Rc<RefCell<Vec<Lane>>>,
    told: Told<LaneEvent>,
    _arrivals: Arrivals,
}

impl Answerer {
    fn beside(connection: &Connection) -> Self {
        let (lanes, told) = (Rc::new(RefCell::new(Vec::new())), Told::default());
        let (made, events) = (Rc::clone(&lanes), Rc::clone(&told));
        let beside = Clone::clone(connection);
        let arrivals = Arrivals::new(connection, move |channel| {
            made.borrow_mut().push(Lane::new(&beside, channel, false, note(&events)).unwrap());
        });
        Self { lanes, told, _arrivals: arrivals }
    }

    async fn expect(&self, events: &[LaneEvent]) {
        until(&format!("{events:?}"), || *self.told.borrow() == events).await;
    }
}

#[test]
async fn a_lane_carries_until_one_side_drops_it() {
    let pair = Pair::connected(&[], &[]).await;
    let answerer = Answerer::beside(&connection(&pair, BOB));
    let (beside, told) = (connection(&pair, ALICE), Told::default());
    let lane = Lane::new(&beside, Unheard::announced(&beside, "lane").unwrap(), true, note(&told)).unwrap();
    until("it is up", || *told.borrow() == [LaneEvent::Up]).await;
    answerer.expect(&[LaneEvent::Up]).await;

    let (heard, came) = (Told::default(), Rc::new(RefCell::new(Vec::new())));
    let (events, kept) = (Rc::clone(&heard), Rc::clone(&came));
    let there = Clone::clone(answerer.lanes.borrow()[0].connection());
    let _arrivals = Arrivals::new(&there, move |channel| {
        kept.borrow_mut().push(channel.hear(note(&events)));
    });
    let channel = Unheard::announced(lane.connection(), "a file").unwrap().hear(|_| ());
    until("the channel is open", || channel.is_open()).await;
    assert!(channel.send("a word"));
    let is_word = |event: &ChannelEvent| matches!(event, ChannelEvent::Text(text) if text == "a word");
    until("the word", || heard.borrow().iter().any(is_word)).await;

    drop(lane);
    until("that it is dropped", || answerer.told.borrow().contains(&LaneEvent::Down)).await;
}

#[test]
async fn who_wants_no_lane_says_so_by_closing_its_channel() {
    let pair = Pair::connected(&[], &[]).await;
    let _arrivals = Arrivals::new(&connection(&pair, BOB), |channel| drop(channel.hear(|_| ())));
    let (beside, told) = (connection(&pair, ALICE), Told::default());
    let _lane = Lane::new(&beside, Unheard::announced(&beside, "lane").unwrap(), true, note(&told)).unwrap();
    until("it is refused", || told.borrow().contains(&LaneEvent::Down)).await;
    assert!(!told.borrow().contains(&LaneEvent::Up));
}

#[test]
async fn nonsense_hurts_no_lane() {
    let pair = Pair::connected(&[], &[]).await;
    let answerer = Answerer::beside(&connection(&pair, BOB));
    let raw: Channel = Unheard::announced(&connection(&pair, ALICE), "lane").unwrap().hear(|_| ());
    until("the channel is open", || raw.is_open()).await;
    for text in ["", "{", "null", "7", "[]", "{}", r#"{"type":"offer","sdp":"v=0"}"#, r#"{"candidate":"x"}"#]
    {
        assert!(raw.send(text));
    }
    drop(raw);
    answerer.expect(&[LaneEvent::Down]).await;
}
