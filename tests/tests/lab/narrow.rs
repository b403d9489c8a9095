//! A network that becomes too narrow for a picture.

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join;
use visavis_e2e::{Access, Conditions, Expect, Outcome, Setup, all_see_and_hear_each_other, perform_in_lab};

#[tokio::test]
async fn over_a_hundred_kilobits_sound_stays_and_the_picture_comes_back() -> Outcome {
    perform_in_lab("lab_narrow", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let (here, there) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let cast =
            [("alice", Setup::chromium().at(&here, &server)), ("bob", Setup::chromium().at(&there, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        // Else the program that watches would have to come over what is too narrow for a picture.
        try_join(alice.wait_for_watch(), bob.wait_for_watch()).await?;
        let link = here.link();
        let delay = Duration::from_millis(20);
        // Both ways: what each sends meets it.
        link.set(Conditions { delay, rate: Some(100_000), queue: 8 * 1024, ..Conditions::PERFECT });
        alice.wait_for_rest(5).await?;
        bob.wait_for_rest(5).await?;
        let made = alice.connections_made().await?;
        let listening = bob.listen().await?;
        bob.wait_for_media(1, Expect::AUDIO).await?;
        bob.expect("sees why there is no picture", async || {
            let bars: Option<String> = bob
                .read("return document.querySelector('[data-testid=bars]')?.getAttribute('title') ?? null;")
                .await?;
            ensure!(bars.is_some_and(|words| !words.is_empty()), "no bars are shown");
            Ok(())
        })
        .await?;
        let heard = bob.heard(&listening).await?;
        ensure!(heard.concealed < 0.2, "of the sound {} was made up", heard.concealed);

        link.set(Conditions { delay, ..Conditions::PERFECT });
        // What failed is tried again ever more rarely, but at least every minute or so.
        let patience = Duration::from_mins(2);
        try_join(alice.wait_for_frames_within(patience), bob.wait_for_frames_within(patience)).await?;
        all_see_and_hear_each_other(&people).await?;
        ensure!(alice.connections_made().await? == made, "the picture was missed");
        Ok(())
    })
    .await
}
