//! Servers that die in a call, and come back.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::{try_join, try_join_all};
use tokio::time::sleep;
use visavis_e2e::table::{Table, repeats};
use visavis_e2e::watch::Moment;
use visavis_e2e::{
    Access, Lab, Outcome, Person, Server, Setup, Stage, all_see_and_hear_each_other, perform_in_lab,
};

/// For so long the picture is watched before the server dies, and after it came back as another.
const WATCH: Duration = Duration::from_secs(10);
/// So long is it away.
const OUTAGE: Duration = Duration::from_mins(1);
/// Rows of the tables.
const AWAY: &str = "longest freeze while it was dead";
const SINCE: &str = "longest freeze since it died";
const LONGEST_FREEZE: Duration = Duration::from_millis(500);
const LONGEST_WAY_BACK: Duration = Duration::from_secs(10);

/// A call of which nothing may change while its server comes and goes.
struct Standing {
    server: Rc<Server>,
    people: Vec<Rc<Person>>,
    /// Whom each of them calls what.
    peers: Vec<BTreeMap<String, String>>,
    /// How many peer connections each of them has made.
    made: Vec<usize>,
    /// The longest freeze of each of them when all was well.
    froze: Vec<Duration>,
    begin: Moment,
    table: Table,
}

impl Standing {
    /// They meet, and for a while all is well.
    async fn of(
        (stage, lab): (&Stage, &Lab),
        cast: &[&'static str],
        setup: Setup,
        title: &str,
    ) -> Result<Self> {
        let server = stage.server_in(lab, &[]).await?;
        let link = server.new_link();
        let people = try_join_all(cast.iter().map(async |&name| {
            let host = lab.host(name, Access::PUBLIC)?;
            let person = stage.person(name, setup.clone().at(&host, &server)).await?;
            person.enter(&link).await?;
            anyhow::Ok(person)
        }))
        .await?;
        all_see_and_hear_each_other(&people).await?;
        try_join_all(people.iter().map(|person| person.watch())).await?;
        let begin = Moment::now()?;
        sleep(WATCH).await;
        let end = Moment::now()?;
        let mut table = Table::new(title);
        let mut froze = Vec::new();
        for person in &people {
            let longest = person.watched().await?.longest_freeze(begin, end);
            table.add("longest freeze before", longest);
            froze.push(longest);
        }
        let peers = try_join_all(people.iter().map(|person| peers(person))).await?;
        let made = try_join_all(people.iter().map(|person| person.connections_made())).await?;
        Ok(Self { server, people, peers, made, froze, begin: end, table })
    }

    /// The server dies and is away for this long, and comes back; nothing changes for anybody.
    async fn outlives_its_server(&mut self, outage: Duration) -> Result<()> {
        self.begin = Moment::now()?;
        self.server.kill();
        sleep(outage).await;
        self.nothing_has_changed(AWAY).await?;
        self.all_are("reconnecting").await?;
        self.server.start_again().await?;
        self.all_come_back(Moment::now()?).await?;
        all_see_and_hear_each_other(&self.people).await?;
        self.nothing_has_changed(SINCE).await
    }

    /// Everybody is in this state.
    async fn all_are(&self, state: &str) -> Result<()> {
        try_join_all(self.people.iter().map(|person| person.wait_for_state(state))).await?;
        Ok(())
    }

    /// Everybody is in the room again soon after this moment, at which they were not.
    async fn all_come_back(&mut self, moment: Moment) -> Result<()> {
        let ways = self.people.iter().map(|person| person.state_after(moment, "in-call"));
        for way in try_join_all(ways).await? {
            self.table.add("in the room again", way);
            ensure!(way <= LONGEST_WAY_BACK, "the way back into the room took {way:?}");
        }
        Ok(())
    }

    /// No picture froze since all was well, no tile was doubled, nobody is called otherwise and no connection was made.
    /// `row` is that of the table for the freezes.
    async fn nothing_has_changed(&mut self, row: &str) -> Result<()> {
        let end = Moment::now()?;
        for (number, person) in self.people.iter().enumerate() {
            let (name, before) = (person.name(), self.froze[number]);
            let watched = person.watched().await?;
            let longest = watched.longest_freeze(self.begin, end);
            self.table.add(row, longest);
            // A machine that stumbles by itself is not the server's fault.
            let allowed = LONGEST_FREEZE.max(2 * before);
            ensure!(longest <= allowed, "{name}'s picture froze for {longest:?}, {before:?} before");
            let tiles = watched.most_tiles(self.begin);
            ensure!(tiles == self.people.len(), "{name} has seen {tiles} tiles");
            let (peers, was) = (peers(person).await?, &self.peers[number]);
            ensure!(peers == *was, "{name} called the others {was:?}, and now {peers:?}");
            let (made, was) = (person.connections_made().await?, self.made[number]);
            ensure!(made == was, "{name} has made {} connections more", made - was);
        }
        Ok(())
    }

    async fn end(self, table: &str) -> Result<()> {
        self.table.save(table)?;
        all_see_and_hear_each_other(&self.people).await
    }
}

/// The ids of the others, by their names.
async fn peers(person: &Person) -> Result<BTreeMap<String, String>> {
    let others = person.tiles().await?.into_iter().filter(|tile| !tile.own);
    Ok(others.map(|tile| (tile.name, tile.peer)).collect())
}

async fn a_dead_server_is_not_missed(
    scene: &'static str,
    cast: &[&'static str],
    setup: Setup,
    title: &str,
) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let mut call = Standing::of((stage, lab), cast, setup, title).await?;
        for _ in 0..repeats()? {
            call.outlives_its_server(OUTAGE).await?;
        }
        call.end(&format!("{scene}-table")).await
    })
    .await
}

#[tokio::test]
async fn a_server_that_is_dead_for_a_minute_is_not_missed_by_two() -> Outcome {
    let (cast, title) = (["alice", "bob"], "a server that is dead for a minute, a call of two");
    a_dead_server_is_not_missed("lab_server_killed", &cast, Setup::chromium(), title).await
}

/// Four cameras as they are would be the whole machine's work, and freezes its own.
fn one_of_four() -> Setup {
    Setup::chromium().with_small_media_at(10)
}

#[tokio::test]
async fn a_server_that_is_dead_for_a_minute_is_not_missed_by_four() -> Outcome {
    let cast = ["alice", "bob", "carol", "dave"];
    let title = "a server that is dead for a minute, a call of four";
    a_dead_server_is_not_missed("lab_server_dead", &cast, one_of_four(), title).await
}

#[tokio::test]
async fn a_server_with_another_key_tears_nothing_down() -> Outcome {
    perform_in_lab("lab_server_forgets", async |stage, lab| {
        let cast = ["alice", "bob", "carol"];
        let title = "a server with another key";
        let mut call = Standing::of((stage, lab), &cast, one_of_four(), title).await?;
        for _ in 0..repeats()? {
            call.begin = Moment::now()?;
            call.server.kill();
            call.all_are("reconnecting").await?;
            call.server.forget_key()?;
            call.server.start_again().await?;
            call.all_come_back(Moment::now()?).await?;
            // Whoever was not recognised would be taken for gone after a grace period, or shown twice before.
            sleep(WATCH).await;
            all_see_and_hear_each_other(&call.people).await?;
            call.nothing_has_changed(SINCE).await?;
        }
        call.end("lab_server_forgets-table").await
    })
    .await
}

#[tokio::test]
async fn a_server_that_starts_ten_times_a_minute_shakes_nobody() -> Outcome {
    const PACE: Duration = Duration::from_secs(6);
    perform_in_lab("lab_server_restarts", async |stage, lab| {
        let title = "a server that starts ten times";
        let mut call = Standing::of((stage, lab), &["alice", "bob"], Setup::chromium(), title).await?;
        for _ in 0..repeats()? {
            call.begin = Moment::now()?;
            let mut back = call.begin;
            for round in 1..=10 {
                call.server.kill();
                call.all_are("reconnecting").await?;
                call.server.start_again().await?;
                back = Moment::now()?;
                // Not in wait of anything: whoever is not back by then has bad luck.
                sleep((round * PACE).saturating_sub(back.since(call.begin))).await;
            }
            call.all_come_back(back).await?;
            all_see_and_hear_each_other(&call.people).await?;
            call.nothing_has_changed(SINCE).await?;
        }
        call.end("lab_server_restarts-table").await
    })
    .await
}

#[tokio::test]
async fn without_a_server_a_first_camera_is_seen() -> Outcome {
    perform_in_lab("lab_server_less", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let link = server.new_link();
        let (alice, bob) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let people = stage.people(cast).await?;
        let [alice, bob] = &people;
        alice.open_lobby(&link).await?;
        alice.wait_for_toggle("toggle-camera", true).await?;
        alice.click("toggle-camera").await?;
        alice.wait_for_toggle("toggle-camera", false).await?;
        try_join(alice.join(), bob.enter(&link)).await?;
        bob.wait_for_tile("alice", "is heard only", |tile| {
            tile.link == "connected" && tile.audio == "on" && tile.video == "off"
        })
        .await?;
        let made = try_join(alice.connections_made(), bob.connections_made()).await?;

        server.kill();
        try_join(alice.wait_for_state("reconnecting"), bob.wait_for_state("reconnecting")).await?;
        alice.click("toggle-camera").await?;
        bob.wait_for_tile("alice", "is seen", |tile| tile.video == "on" && tile.playing).await?;
        all_see_and_hear_each_other(&people).await?;
        bob.click("toggle-microphone").await?;
        alice.wait_for_tile("bob", "is muted", |tile| tile.audio == "off" && tile.video == "on").await?;
        alice.wait_for_silence().await?;
        bob.click("toggle-microphone").await?;
        alice.wait_for_tile("bob", "is heard", |tile| tile.audio == "on").await?;
        all_see_and_hear_each_other(&people).await?;
        ensure!(
            made == try_join(alice.connections_made(), bob.connections_made()).await?,
            "a link was made anew"
        );

        server.start_again().await?;
        try_join(alice.wait_for_state("in-call"), bob.wait_for_state("in-call")).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}
