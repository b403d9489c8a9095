//! Every page and state with made-up views, at four sizes: whether everything has its place, and pictures to look at, with an
//! index of them in target/e2e/gallery.

use std::fmt::Write as _;

use anyhow::Context as _;
use visavis_e2e::{Outcome, Setup, gallery, perform, tool};

/// A phone held upright and on its side, a laptop, and a large screen.
const SIZES: [(u32, u32); 4] = [(390, 844), (844, 390), (1280, 800), (2560, 1440)];

/// The pages and states of a call.
const CALLS: [&str; 30] = [
    // As README shows it.
    "meeting-2",
    "meeting-7",
    "slides-4",
    "call-1",
    "call-2",
    "call-3",
    "call-4",
    "call-5",
    "call-6",
    "call-7",
    "call-8",
    "speaker-3",
    "speaker-8",
    "alone-2",
    "screen-2",
    "screen-3",
    "screen-8",
    "screens-3",
    "screens-8",
    "notices-3",
    "lost-2",
    "call-2&de",
    "call-5&ar",
    "screen-5&ar",
    "call-3&ja",
    "call-3&zh-Hans",
    "speaker-5&ar",
    "settings-3",
    "settings-2&de",
    "settings-2&ar",
];

/// The other pages; the first is the home page, for which nothing stands in the address.
const OTHERS: [&str; 19] = [
    "",
    "bad-link",
    "floating-2",
    "floating-5",
    "floating-8",
    "inside&light",
    "devices&light",
    "lobby&light",
    "lobby",
    "off&light",
    "starting&light",
    "refused&light",
    "nomic",
    "joining&light",
    "full&light",
    "left&light",
    "left",
    "lobby&ar&light",
    "refused&de&light",
];

fn file_name(scene: &str) -> String {
    if scene.is_empty() { "home".to_owned() } else { scene.replace('&', "-") }
}

/// A page with all pictures, to be looked at.
fn index(pictures: &[(&str, (u32, u32), String)]) -> String {
    let mut html = String::from(
        "<!doctype html><meta charset=\"utf-8\"><title>Visavis: gallery</title><style>body{font:16px system-ui;\
         background:#fff;color:#111}div{display:flex;flex-wrap:wrap;gap:8px;align-items:start}img{height:320px;\
         border:1px solid #999}</style>",
    );
    let mut before = "";
    for (scene, (width, height), file) in pictures {
        if *scene != before {
            let title = file_name(scene).replace('-', " ");
            let _ = write!(html, "{}<h2>{title}</h2><div>", if before.is_empty() { "" } else { "</div>" });
            before = scene;
        }
        let _ = write!(
            html,
            "<a href=\"{file}\"><img src=\"{file}\" alt=\"{width}x{height}\" loading=\"lazy\"></a>"
        );
    }
    html + "</div>"
}

#[tokio::test]
async fn everything_has_its_place_at_every_size() -> Outcome {
    perform("gallery", async |stage| {
        let site = gallery::serve().await?;
        let visitor = stage.person("visitor", Setup::chromium()).await?;
        let directory = tool::report_dir()?.join("gallery");
        std::fs::create_dir_all(&directory).context("making the gallery's directory")?;
        let mut pictures = Vec::new();
        for scene in CALLS.into_iter().chain(OTHERS) {
            for size in SIZES {
                visitor.browser().resize(size).await?;
                visitor.open_made_up(&site, scene).await?;
                if CALLS.contains(&scene) {
                    visitor.find_seated(&format!("{scene} at {size:?}")).await?;
                }
                let name = format!("{}-{}x{}", file_name(scene), size.0, size.1);
                visitor.picture(&format!("gallery/{name}")).await?;
                pictures.push((scene, size, format!("{name}.png")));
            }
        }
        std::fs::write(directory.join("index.html"), index(&pictures)).context("writing the gallery's index")
    })
    .await
}
