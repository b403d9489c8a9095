//! Calls out of networks that let nothing out but connections to the port of the page: the server relays there, and no
//! other program helps.

use std::io::Write as _;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::lab::SERVER;
use visavis_e2e::{
    Access, Certificate, Firewall, Nat, Outcome, Setup, Way, all_see_and_hear_each_other, perform_in_lab,
};

/// Two meet, each behind a NAT and a firewall of their own. Gives the way of each.
async fn two_meet(
    scene: &'static str,
    certificate: Option<&Certificate>,
    setups: fn() -> [Setup; 2],
    accesses: [Access; 2],
    judge: impl AsyncFnOnce([Way; 2]) -> Result<()>,
) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let (listen, address) = (format!("{}:3478", SERVER.ip()), SERVER.ip().to_string());
        let relay = ["--turn-listen", &listen, "--turn-public-ip", &address];
        let tls = certificate.map(|certificate| (certificate.chain(), certificate.key()));
        let tls =
            tls.iter().flat_map(|(chain, key)| ["--tls", "files", "--tls-cert", chain, "--tls-key", key]);
        let server = stage.server_in(lab, &relay.into_iter().chain(tls).collect::<Vec<_>>()).await?;
        let trusting = |setup: Setup| match certificate {
            Some(certificate) => setup.trusting(certificate.fingerprint()),
            None => setup,
        };
        let [alice, bob] = accesses;
        let (alice, bob) = (lab.host("alice", alice)?, lab.host("bob", bob)?);
        let [hers, his] = setups().map(trusting);
        let cast = [("alice", hers.at(&alice, &server)), ("bob", his.at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await?;
        let ways = try_join_all(people.iter().map(|person| person.ways())).await?.concat();
        for (name, Way { local, remote, protocol, .. }) in ["alice", "bob"].iter().zip(&ways) {
            writeln!(std::io::stdout(), "| {scene} | {name} | {local} to {remote} | {protocol} |")?;
        }
        let Ok(ways) = <[Way; 2]>::try_from(ways.clone()) else { anyhow::bail!("the ways are {ways:?}") };
        judge(ways).await
    })
    .await
}

fn leads_through_the_relay_over(way: &Way, protocol: &str) -> Result<()> {
    ensure!(way.local == "relay" && way.protocol == protocol, "the way is {way:?}");
    Ok(())
}

fn both_in_chromium() -> [Setup; 2] {
    [Setup::chromium(), Setup::chromium()]
}

fn only(firewall: Firewall) -> Access {
    Access::behind(Nat::Symmetric).with_firewall(firewall)
}

#[tokio::test]
async fn two_hosts_with_nothing_but_the_page_meet_through_its_port() -> Outcome {
    two_meet("lab_page_port", None, both_in_chromium, [only(Firewall::OnlyHttps); 2], async |ways| {
        ways.iter().try_for_each(|way| leads_through_the_relay_over(way, "tcp"))
    })
    .await
}

#[tokio::test]
async fn a_host_with_nothing_but_the_page_meets_one_that_has_all() -> Outcome {
    let accesses = [only(Firewall::OnlyHttps), Access::PUBLIC];
    two_meet("lab_page_port_one", None, both_in_chromium, accesses, async |[alice, bob]| {
        leads_through_the_relay_over(&alice, "tcp")?;
        ensure!(bob.protocol == "udp", "the way is {bob:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn two_hosts_behind_firewalls_that_know_turn_meet_over_tls() -> Outcome {
    let certificate = Certificate::of(&SERVER.ip().to_string())?;
    let accesses = [only(Firewall::OnlyTls); 2];
    two_meet("lab_page_port_tls", Some(&certificate), both_in_chromium, accesses, async |ways| {
        ways.iter().try_for_each(|way| leads_through_the_relay_over(way, "tls"))
    })
    .await
}

#[tokio::test]
async fn a_firefox_with_nothing_but_the_page_meets_a_chromium() -> Outcome {
    let setups = || [Setup::firefox(), Setup::chromium()];
    two_meet("lab_page_port_firefox", None, setups, [only(Firewall::OnlyHttps); 2], async |ways| {
        ways.iter().try_for_each(|way| leads_through_the_relay_over(way, "tcp"))
    })
    .await
}
