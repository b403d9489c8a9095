//! Links that break and come back, or are exchanged for others, and the time until the picture is back.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join;
use visavis_e2e::bare::Bare;
use visavis_e2e::lab::stun::Stun;
use visavis_e2e::lab::{Link, STUN};
use visavis_e2e::table::{Table, repeats};
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Nat, Outcome, Person, Setup, all_see_and_hear_each_other, perform_in_lab};

const CUTS: [u64; 5] = [2, 5, 12, 30, 60];

/// Cuts for so long; gives the moment of the link's return. The sleep is no wait for anything: it is the cut.
async fn cut(link: &Link, seconds: u64) -> Result<Moment> {
    link.cut();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    link.restore();
    Moment::now()
}

async fn both_have_frames(alice: &Person, bob: &Person, since: Moment) -> Result<Duration> {
    let (one, other) = try_join(alice.frames_after(since), bob.frames_after(since)).await?;
    Ok(one.max(other))
}

#[tokio::test]
async fn media_comes_back_after_a_cut() -> Outcome {
    perform_in_lab("lab_cuts", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let alice_host = lab.host("alice", Access::PUBLIC)?;
        let bob_host = lab.host("bob", Access::PUBLIC)?;
        let cast = [
            ("alice", Setup::chromium().at(&alice_host, &server)),
            ("bob", Setup::chromium().at(&bob_host, &server)),
        ];
        let people = stage.people(cast).await?;
        let [alice, bob] = &people;
        let link = alice_host.link();
        let mut table = Table::new("media back after a cut of");

        // The floor: bare peer connections, which somebody restarts the moment the link is back.
        try_join(alice.open_home(&server.url()), bob.open_home(&server.url())).await?;
        try_join(alice.watch(), bob.watch()).await?;
        let bare = Bare::link(alice, bob).await?;
        both_have_frames(alice, bob, Moment::now()?).await?;
        for _ in 0..repeats()? {
            for seconds in CUTS {
                let back = cut(&link, seconds).await?;
                bare.restart().await?;
                let took = both_have_frames(alice, bob, back).await?;
                table.add(&format!("{seconds} s, bare browsers, restarted at once"), took);
            }
        }
        bare.close().await?;

        let room = server.new_link();
        try_join(alice.enter(&room), bob.enter(&room)).await?;
        try_join(alice.watch(), bob.watch()).await?;
        all_see_and_hear_each_other(&people).await?;
        for _ in 0..repeats()? {
            for seconds in CUTS {
                let back = cut(&link, seconds).await?;
                let took = both_have_frames(alice, bob, back).await?;
                table.add(&format!("{seconds} s"), took);
                try_join(alice.wait_for_state("in-call"), bob.wait_for_state("in-call")).await?;
                all_see_and_hear_each_other(&people).await?;
            }
        }
        println!("{table}");
        table.save("lab_cuts-table")
    })
    .await
}

/// From Wi-Fi to a mobile network, and back: another address behind another NAT, and the old one is gone.
#[tokio::test]
async fn media_comes_back_on_another_network() -> Outcome {
    perform_in_lab("lab_roaming", async |stage, lab| {
        let _stun = Stun::serve(lab.internet(), STUN)?;
        let server = stage.server_in(lab, &["--ice-server", &format!("stun:{STUN}")]).await?;
        let alice_host = lab.host("alice", Access::behind(Nat::PortRestricted))?;
        let bob_host = lab.host("bob", Access::PUBLIC)?;
        let cast = [
            ("alice", Setup::chromium().at(&alice_host, &server)),
            ("bob", Setup::chromium().at(&bob_host, &server)),
        ];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob] = &people;
        try_join(alice.watch(), bob.watch()).await?;
        all_see_and_hear_each_other(&people).await?;
        let mut table = Table::new("longest freeze while roaming");
        for _ in 0..repeats()? {
            for (name, nat) in [("to mobile", Nat::Symmetric), ("to Wi-Fi", Nat::PortRestricted)] {
                let begin = Moment::now()?;
                alice_host.roam(Access::behind(nat))?;
                // What had arrived before is shown by then.
                both_have_frames(alice, bob, Moment::now()?.after(Duration::from_secs(1))).await?;
                let end = Moment::now()?;
                for person in [alice, bob] {
                    table.add(name, person.watched().await?.longest_gap(begin, end));
                }
                try_join(alice.wait_for_state("in-call"), bob.wait_for_state("in-call")).await?;
                all_see_and_hear_each_other(&people).await?;
            }
        }
        println!("{table}");
        table.save("lab_roaming-table")
    })
    .await
}
