//! Calls out of networks that let no UDP out, through a real coturn.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::lab::SERVER;
use visavis_e2e::{
    Access, Coturn, Firewall, Nat, Outcome, Setup, Way, all_see_and_hear_each_other, perform_in_lab,
};

/// Two meet, each behind a NAT and a firewall of their own; coturn helps, and the server with its own relay is there
/// too, as the document has it. Gives the way of each.
async fn two_meet(
    scene: &'static str,
    accesses: [Access; 2],
    judge: impl AsyncFnOnce([Way; 2]) -> Result<()>,
) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let coturn = Coturn::start(&*lab.host("coturn", Access::PUBLIC)?, scene).await?;
        let (listen, address) = (format!("{}:3478", SERVER.ip()), SERVER.ip().to_string());
        // The document has it behind a proxy, where it offers no TURN over TCP.
        let relay = ["--turn-listen", &listen, "--turn-public-ip", &address, "--turn-tcp", "off"];
        let server = stage.server_in(lab, &[coturn.flags(), relay.to_vec()].concat()).await?;
        let [alice, bob] = accesses;
        let setup = |host: &_| Setup::chromium().trusting(coturn.key()).at(host, &server);
        let (alice, bob) = (lab.host("alice", alice)?, lab.host("bob", bob)?);
        let (_, people) = stage.call(&server, [("alice", setup(&alice)), ("bob", setup(&bob))]).await?;
        all_see_and_hear_each_other(&people).await?;
        let ways = try_join_all(people.iter().map(|person| person.ways())).await?.concat();
        let Ok(ways) = <[Way; 2]>::try_from(ways.clone()) else { anyhow::bail!("the ways are {ways:?}") };
        judge(ways).await
    })
    .await
}

fn leads_through_a_relay_over(way: &Way, protocol: &str) -> Result<()> {
    ensure!(way.local == "relay" && way.protocol == protocol, "the way is {way:?}");
    Ok(())
}

#[tokio::test]
async fn a_host_without_udp_meets_one_behind_a_symmetric_nat_over_tcp() -> Outcome {
    let closed = Access::behind(Nat::PortRestricted).with_firewall(Firewall::NoUdp);
    two_meet("lab_coturn_tcp", [closed, Access::behind(Nat::Symmetric)], async |[alice, _]| {
        leads_through_a_relay_over(&alice, "tcp")
    })
    .await
}

#[tokio::test]
async fn a_host_with_nothing_but_https_meets_one_behind_a_symmetric_nat_over_tls() -> Outcome {
    let narrow = Access::behind(Nat::PortRestricted).with_firewall(Firewall::OnlyHttps);
    two_meet("lab_coturn_tls", [narrow, Access::behind(Nat::Symmetric)], async |[alice, _]| {
        leads_through_a_relay_over(&alice, "tls")
    })
    .await
}

#[tokio::test]
async fn two_hosts_with_nothing_but_https_meet_over_tls() -> Outcome {
    let narrow = Access::behind(Nat::Symmetric).with_firewall(Firewall::OnlyHttps);
    two_meet("lab_coturn_tls_only", [narrow; 2], async |ways| {
        ways.iter().try_for_each(|way| leads_through_a_relay_over(way, "tls"))
    })
    .await
}
