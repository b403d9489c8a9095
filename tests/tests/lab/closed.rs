//! Networks over which no call can be made: what people are told, and what becomes of it when they open.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::lab::STUN;
use visavis_e2e::lab::stun::Stun;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Nat, Outcome, Person, Setup, all_see_and_hear_each_other, perform_in_lab};

/// What the tile of somebody says who cannot be reached directly, where the server has no relay.
fn no_relay(name: &str) -> String {
    format!("No direct way to {name} was found, and this server has no relay. Still trying…")
}

async fn is_told_why(person: &Person, name: &str) -> Result<()> {
    let tile = person.wait_for_link(name, "failed").await?;
    ensure!(tile.text.contains(&no_relay(name)), "{name}'s tile says {:?}", tile.text);
    Ok(())
}

#[tokio::test]
async fn why_there_is_no_call_is_said_and_it_comes_when_the_network_opens() -> Outcome {
    perform_in_lab("lab_closed", async |stage, lab| {
        let _stun = Stun::serve(lab.internet(), STUN)?;
        let server = stage.server_in(lab, &["--ice-server", &format!("stun:{STUN}")]).await?;
        let closed = Access::behind(Nat::Symmetric);
        let [alices, bobs, carols] = ["alice", "bob", "carol"].map(|name| lab.host(name, closed));
        let (alices, bobs, carols) = (alices?, bobs?, carols?);
        let setup = |host: &_| Setup::chromium().with_small_media_at(10).at(host, &server);
        let cast = [("alice", setup(&alices)), ("bob", setup(&bobs)), ("carol", setup(&carols))];
        let people = stage.people(cast).await?;
        let link = server.new_link();
        try_join_all(people.iter().map(|person| person.enter(&link))).await?;
        let [alice, bob, carol] = &people;
        let begin = Moment::now()?;
        let mut table = Table::new("where no call can be made");
        for (person, name) in [(alice, "bob"), (bob, "alice"), (carol, "alice"), (alice, "carol")] {
            is_told_why(person, name).await?;
        }
        table.add("why, is said after", Moment::now()?.since(begin));

        carol.leave().await?;
        for person in [alice, bob] {
            person
                .expect("sees that carol has gone", async || {
                    let tiles = person.tiles().await?;
                    ensure!(
                        tiles.len() == 2 && tiles.iter().all(|tile| tile.name != "carol"),
                        "the tiles are {tiles:?}"
                    );
                    Ok(())
                })
                .await?;
        }

        let opening = Moment::now()?;
        for host in [&alices, &bobs] {
            host.change_router(Access::behind(Nat::PortRestricted))?;
        }
        let [alice, bob, _] = people.clone();
        all_see_and_hear_each_other(&[alice, bob]).await?;
        table.add("a call when the network has opened, after", Moment::now()?.since(opening));
        println!("{table}");
        table.save("lab_closed-table")
    })
    .await
}
