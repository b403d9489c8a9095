//! ICE restarts in the midst of a call, whoever has begun the call and whoever restarts.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use serde::Deserialize;
use visavis_e2e::{Outcome, Person, Setup, all_see_and_hear_each_other, perform};

/// The newest peer connection of somebody.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Ice {
    /// What distinguishes one ICE session from the next, here and there.
    sessions: [String; 2],
    is_settled: bool,
}

async fn ice(person: &Person) -> Result<Ice> {
    const READ: &str = "const peer = window.__recorded.peers.at(-1); \
         const session = description => /ice-ufrag:(\\S+)/.exec(description.sdp)[1]; \
         return { sessions: [session(peer.localDescription), session(peer.remoteDescription)], \
         is_settled: peer.signalingState === 'stable' };";
    person.read(READ).await
}

/// The one who comes last makes the first offer.
async fn either_can_restart_ice(scene: &'static str, first: Setup, last: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let people = stage.people([("alice", first), ("bob", last)]).await?;
        for person in &people {
            person.enter(&link).await?;
        }
        all_see_and_hear_each_other(&people).await?;
        for restarting in &people {
            let before = try_join_all(people.iter().map(|person| ice(person))).await?;
            restarting.read::<()>("window.__recorded.peers.at(-1).restartIce();").await?;
            for (person, before) in people.iter().zip(before) {
                person
                    .expect(&format!("has a new ICE session, as {} wants", restarting.name()), async || {
                        let now = ice(person).await?;
                        let is_new = now.sessions.iter().zip(&before.sessions).all(|(now, was)| now != was);
                        ensure!(now.is_settled && is_new, "from {before:?} to {now:?}");
                        Ok(())
                    })
                    .await?;
            }
            all_see_and_hear_each_other(&people).await?;
        }
        for person in &people {
            let made = person.connections_made().await?;
            ensure!(made == 1, "{} has made {made} connections", person.name());
            let refused = person.refusals().await?;
            ensure!(refused.is_empty(), "{}'s page was refused {refused:?}", person.name());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn either_can_restart_ice_in_chromium() -> Outcome {
    either_can_restart_ice("restarts", Setup::chromium(), Setup::chromium()).await
}

#[tokio::test]
async fn either_can_restart_ice_where_firefox_has_begun() -> Outcome {
    either_can_restart_ice("restarts_firefox_first", Setup::chromium(), Setup::firefox()).await
}

#[tokio::test]
async fn either_can_restart_ice_where_chromium_has_begun_with_firefox() -> Outcome {
    either_can_restart_ice("restarts_firefox_second", Setup::firefox(), Setup::chromium()).await
}
