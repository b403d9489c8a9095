//! A middlebox that lets STUN pass and nothing else of a call: ICE finds a way that carries nothing.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::lab::SERVER;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{
    Access, Lab, Outcome, Screen, Setup, Stage, Way, all_see_and_hear_each_other, perform_in_lab,
};

/// When the middlebox comes in.
#[derive(Clone, Copy, PartialEq)]
enum Since {
    /// Before they meet.
    Ever,
    /// In the midst of their call.
    Lately,
}

/// Two people end up on the relay, with picture and sound.
async fn the_relay_helps(scene: &'static str, since: Since) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let times = two_end_up_on_the_relay((stage, lab), since).await?;
        times.save(&format!("{scene}-table"))
    })
    .await
}

async fn two_end_up_on_the_relay((stage, lab): (&Stage, &Lab), since: Since) -> Result<Table> {
    let (listen, address) = (format!("{}:3478", SERVER.ip()), SERVER.ip().to_string());
    let server = stage.server_in(lab, &["--turn-listen", &listen, "--turn-public-ip", &address]).await?;
    let (alices, bobs) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
    let link = alices.link();
    let screens = [Screen::AllButStun(bobs.address())];
    let setup = |host: &_| Setup::chromium().at(host, &server);
    let people = stage.people([("alice", setup(&alices)), ("bob", setup(&bobs))]).await?;
    let room = server.new_link();
    let mut begin = Moment::now()?;
    if since == Since::Ever {
        link.screen(&screens);
    }
    try_join_all(people.iter().map(|person| person.enter(&room))).await?;
    try_join_all(people.iter().map(|person| person.watch())).await?;
    if since == Since::Lately {
        all_see_and_hear_each_other(&people).await?;
        begin = Moment::now()?;
        link.screen(&screens);
    }
    for person in &people {
        person
            .expect("is linked through the relay alone", async || {
                let ways = person.ways().await?;
                ensure!(ways.len() == 1 && ways.iter().all(Way::is_relayed), "the ways are {ways:?}");
                Ok(())
            })
            .await?;
    }
    all_see_and_hear_each_other(&people).await?;
    ensure!(link.up().screened + link.down().screened > 0, "nothing was kept back");
    let mut times = Table::new("where only STUN passes, no picture for");
    let end = Moment::now()?;
    for person in &people {
        person.has_seen_no_more_than(people.len(), begin).await?;
        let since = if since == Since::Ever { "ever" } else { "lately" };
        times.add(since, person.watched().await?.longest_gap(begin, end));
    }
    Ok(times)
}

#[tokio::test]
async fn where_only_stun_passes_a_call_comes_up_over_the_relay() -> Outcome {
    the_relay_helps("lab_only_stun", Since::Ever).await
}

#[tokio::test]
async fn where_only_stun_passes_any_more_a_call_goes_on_over_the_relay() -> Outcome {
    the_relay_helps("lab_only_stun_lately", Since::Lately).await
}
