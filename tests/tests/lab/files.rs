//! A file over a network that breaks.

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join_all;
use visavis_e2e::lab::Link;
use visavis_e2e::{Access, Outcome, Setup, TestFile, perform_in_lab};

const MIB: u64 = 1024 * 1024;

/// The sleep is no wait for anything: it is the cut.
async fn cut(link: &Link, seconds: u64) {
    link.cut();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    link.restore();
}

/// 1 GiB, from one Chromium to another. (Firefox has no private disk on pages of the lab, which have no HTTPS.)
#[tokio::test]
async fn a_file_arrives_whole_over_two_cuts_and_a_reload() -> Outcome {
    perform_in_lab("lab_files", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let hosts = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let setup = || Setup::chromium().with_small_media_at(5);
        let cast = [("alice", setup().at(&hosts.0, &server)), ("bob", setup().at(&hosts.1, &server))];
        let (_, [alice, bob]) = stage.call(&server, cast).await?;
        try_join_all([alice.open_panel(), bob.open_panel()]).await?;
        let file = TestFile::new("large.bin", 9, 1024 * MIB);
        let before = hosts.0.link().up().bytes;
        alice.give(std::slice::from_ref(&file)).await?;
        bob.press_on("large.bin", "file-accept").await?;
        let has = async |part: u64| {
            bob.wait_for_card("large.bin", &format!("is there for {part} %"), |card| {
                card.state != "preparing" && card.bytes >= file.size * part / 100
            })
            .await
        };
        has(15).await?;
        cut(&hosts.0.link(), 4).await;
        has(35).await?;
        bob.browser().session().refresh().await?;
        bob.wait_for_state("in-call").await?;
        bob.open_panel().await?;
        let kept = has(30).await?;
        ensure!(kept.state != "offered", "it is {kept:?}");
        has(55).await?;
        cut(&hosts.1.link(), 15).await;
        for part in [65, 75, 85, 95] {
            has(part).await?;
        }
        bob.wait_for_file("large.bin", "done").await?;
        let sent = hosts.0.link().up().bytes - before;
        ensure!(sent < file.size * 5 / 4, "{sent} bytes have gone out for {}", file.size);
        bob.catch_saved().await?;
        bob.has_saved(&file).await
    })
    .await
}
