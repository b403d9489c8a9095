//! Calls over networks that are in the way.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Result, ensure};
use visavis_e2e::lab::stun::Stun;
use visavis_e2e::lab::{Lab, SERVER, STUN};
use visavis_e2e::{
    Access, Conditions, Nat, Outcome, Setup, Stage, all_see_and_hear_each_other, perform_in_lab, tool,
};

const MS: Duration = Duration::from_millis(1);

/// Two in Chromium meet and see and hear each other, one of them over a link like this.
async fn two_meet(
    stage: &Stage,
    lab: &Lab,
    access: Access,
    conditions: Conditions,
    flags: &[&str],
) -> Result<()> {
    let server = stage.server_in(lab, flags).await?;
    let (alice, bob) = (lab.host("alice", access)?, lab.host("bob", access)?);
    alice.link().set(conditions);
    let cast =
        [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
    let (_, people) = stage.call(&server, cast).await?;
    all_see_and_hear_each_other(&people).await?;
    // What they see has passed the link, and the link has done its worst.
    let (up, down) = (alice.link().up(), alice.link().down());
    ensure!(up.delivered > 100 && down.delivered > 100, "{up:?} up, {down:?} down");
    ensure!((up.lost > 0 && down.lost > 0) == (conditions.loss > 0.0), "{up:?} up, {down:?} down");
    // Once more: not just what was under way.
    all_see_and_hear_each_other(&people).await
}

#[tokio::test]
async fn public_hosts_meet_directly() -> Outcome {
    perform_in_lab("lab_direct", async |stage, lab| {
        two_meet(stage, lab, Access::PUBLIC, Conditions::PERFECT, &[]).await
    })
    .await
}

#[tokio::test]
async fn hosts_behind_port_restricted_nats_meet_through_a_stun_server() -> Outcome {
    perform_in_lab("lab_stun", async |stage, lab| {
        let _stun = Stun::serve(lab.internet(), STUN)?;
        let ice = format!("stun:{STUN}");
        let access = Access::behind(Nat::PortRestricted);
        two_meet(stage, lab, access, Conditions::PERFECT, &["--ice-server", &ice]).await
    })
    .await
}

/// The flags of a server with the relay in it, if this one has it. Where it has not, that is said past the test
/// runner, which keeps the words of a test that passes to itself.
fn relay_flags(scene: &str) -> Result<Option<[String; 4]>> {
    if tool::visavis_knows("--turn-listen")? {
        let listen = format!("{}:3478", SERVER.ip());
        return Ok(Some([
            "--turn-listen".into(),
            listen,
            "--turn-public-ip".into(),
            SERVER.ip().to_string(),
        ]));
    }
    writeln!(std::io::stderr(), "NOT PLAYED: {scene}, as this server has no --turn-listen")?;
    Ok(None)
}

async fn two_meet_through_the_relay(scene: &'static str, nat: Nat) -> Outcome {
    let Some(flags) = relay_flags(scene)? else { return Ok(()) };
    perform_in_lab(scene, async |stage, lab| {
        let flags = flags.each_ref().map(String::as_str);
        two_meet(stage, lab, Access::behind(nat), Conditions::PERFECT, &flags).await
    })
    .await
}

#[tokio::test]
async fn hosts_behind_port_restricted_nats_meet_through_the_servers_own_stun() -> Outcome {
    two_meet_through_the_relay("lab_own_stun", Nat::PortRestricted).await
}

#[tokio::test]
async fn hosts_behind_symmetric_nats_meet_through_the_servers_own_relay() -> Outcome {
    two_meet_through_the_relay("lab_own_relay", Nat::Symmetric).await
}

#[tokio::test]
async fn a_link_that_loses_a_twentieth_carries_a_call() -> Outcome {
    perform_in_lab("lab_loss_5", async |stage, lab| {
        let lossy = Conditions { loss: 0.05, ..Conditions::PERFECT };
        two_meet(stage, lab, Access::PUBLIC, lossy, &[]).await
    })
    .await
}

#[tokio::test]
async fn a_link_that_loses_a_fifth_carries_a_call() -> Outcome {
    perform_in_lab("lab_loss_20", async |stage, lab| {
        let lossy = Conditions { loss: 0.2, ..Conditions::PERFECT };
        two_meet(stage, lab, Access::PUBLIC, lossy, &[]).await
    })
    .await
}

#[tokio::test]
async fn a_slow_and_unsteady_link_carries_a_call() -> Outcome {
    perform_in_lab("lab_delay", async |stage, lab| {
        let slow = Conditions { delay: 250 * MS, jitter: 100 * MS, ..Conditions::PERFECT };
        two_meet(stage, lab, Access::PUBLIC, slow, &[]).await
    })
    .await
}
