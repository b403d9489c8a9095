//! Calls over networks that are in the way.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::lab::stun::Stun;
use visavis_e2e::lab::{Lab, SERVER, STUN};
use visavis_e2e::{
    Access, Conditions, Nat, Outcome, Setup, Stage, Way, all_see_and_hear_each_other, perform_in_lab, tool,
};

const MS: Duration = Duration::from_millis(1);

/// A network two people meet over: both are connected in the same way, and one of the links has these conditions.
struct Network {
    access: Access,
    conditions: Conditions,
}

impl Network {
    const fn of(access: Access) -> Self {
        Self { access, conditions: Conditions::PERFECT }
    }

    const fn over(conditions: Conditions) -> Self {
        Self { access: Access::PUBLIC, conditions }
    }
}

/// Two meet and see and hear each other. Gives the ways their packets take.
async fn two_meet(
    (stage, lab): (&Stage, &Lab),
    Network { access, conditions }: Network,
    setups: [Setup; 2],
    flags: &[&str],
) -> Result<Vec<Way>> {
    let server = stage.server_in(lab, flags).await?;
    let (alice_host, bob_host) = (lab.host("alice", access)?, lab.host("bob", access)?);
    let link = alice_host.link();
    link.set(conditions);
    let [alice, bob] = setups;
    let cast = [("alice", alice.at(&alice_host, &server)), ("bob", bob.at(&bob_host, &server))];
    let (_, people) = stage.call(&server, cast).await?;
    all_see_and_hear_each_other(&people).await?;
    // What they see has passed the link, and the link has done its worst.
    let (up, down) = (link.up(), link.down());
    ensure!(up.delivered > 100 && down.delivered > 100, "{up:?} up, {down:?} down");
    ensure!((up.lost > 0 && down.lost > 0) == (conditions.loss > 0.0), "{up:?} up, {down:?} down");
    // Once more: not just what was under way.
    all_see_and_hear_each_other(&people).await?;
    let ways = try_join_all(people.iter().map(|person| person.ways())).await?.concat();
    ensure!(ways.len() == 2, "the ways are {ways:?}");
    Ok(ways)
}

fn both_in_chromium() -> [Setup; 2] {
    [Setup::chromium(), Setup::chromium()]
}

async fn public_hosts_meet(scene: &'static str, setups: fn() -> [Setup; 2]) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let ways = two_meet((stage, lab), Network::of(Access::PUBLIC), setups(), &[]).await?;
        ensure!(ways.iter().all(|way| way.local == "host"), "the ways are {ways:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn public_hosts_meet_directly() -> Outcome {
    public_hosts_meet("lab_direct", both_in_chromium).await
}

#[tokio::test]
async fn public_hosts_meet_directly_in_firefox_and_chromium() -> Outcome {
    public_hosts_meet("lab_direct_firefox", || [Setup::firefox(), Setup::chromium()]).await
}

/// Nobody behind such a NAT can be called directly; what is called is the NAT.
fn lead_to_the_nats(ways: &[Way]) -> Result<()> {
    let foreign = |way: &Way| way.remote_address.starts_with("198.18.") && way.remote != "host";
    ensure!(ways.iter().all(|way| foreign(way) && !way.is_relayed()), "the ways are {ways:?}");
    Ok(())
}

#[tokio::test]
async fn hosts_behind_port_restricted_nats_meet_through_a_stun_server() -> Outcome {
    perform_in_lab("lab_stun", async |stage, lab| {
        let _stun = Stun::serve(lab.internet(), STUN)?;
        let flags = ["--ice-server", &format!("stun:{STUN}")];
        let network = Network::of(Access::behind(Nat::PortRestricted));
        lead_to_the_nats(&two_meet((stage, lab), network, both_in_chromium(), &flags).await?)
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

async fn two_meet_through_the_server(
    scene: &'static str,
    nat: Nat,
    judge: fn(&[Way]) -> Result<()>,
) -> Outcome {
    let Some(flags) = relay_flags(scene)? else { return Ok(()) };
    perform_in_lab(scene, async |stage, lab| {
        let flags = flags.each_ref().map(String::as_str);
        let network = Network::of(Access::behind(nat));
        judge(&two_meet((stage, lab), network, both_in_chromium(), &flags).await?)
    })
    .await
}

#[tokio::test]
async fn hosts_behind_port_restricted_nats_meet_through_the_servers_own_stun() -> Outcome {
    two_meet_through_the_server("lab_own_stun", Nat::PortRestricted, lead_to_the_nats).await
}

#[tokio::test]
async fn hosts_behind_symmetric_nats_meet_through_the_servers_own_relay() -> Outcome {
    two_meet_through_the_server("lab_own_relay", Nat::Symmetric, |ways| {
        ensure!(ways.iter().all(Way::is_relayed), "the ways are {ways:?}");
        Ok(())
    })
    .await
}

async fn a_link_carries_a_call(scene: &'static str, conditions: Conditions) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        two_meet((stage, lab), Network::over(conditions), both_in_chromium(), &[]).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_link_that_loses_a_twentieth_carries_a_call() -> Outcome {
    a_link_carries_a_call("lab_loss_5", Conditions { loss: 0.05, ..Conditions::PERFECT }).await
}

#[tokio::test]
async fn a_link_that_loses_a_fifth_carries_a_call() -> Outcome {
    a_link_carries_a_call("lab_loss_20", Conditions { loss: 0.2, ..Conditions::PERFECT }).await
}

#[tokio::test]
async fn a_slow_and_unsteady_link_carries_a_call() -> Outcome {
    let slow = Conditions { delay: 250 * MS, jitter: 100 * MS, ..Conditions::PERFECT };
    a_link_carries_a_call("lab_delay", slow).await
}
