//! Every language that the page speaks: it is chosen, its words are shown at once, and they fit.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use visavis_e2e::{Kind, Outcome, Person, Setup, perform};

/// A language: its tag, as somebody's browser asks for it, and its pack.
type Language = (&'static str, &'static str, &'static str);

macro_rules! pack {
    ($tag:literal) => {
        concat!(
            include_str!(concat!("../../../client/text/", $tag, ".txt")),
            include_str!(concat!("../../../client/text/home/", $tag, ".txt")),
            include_str!(concat!("../../../client/text/beside/", $tag, ".txt")),
            include_str!(concat!("../../../client/text/more/", $tag, ".txt"))
        )
    };
}

/// English has no pack.
const ENGLISH: &str = "new_call = New call\njoin = Join\nleave = Leave\nsettings = Settings\ntitle = Chat\nleft_title = You left the call\n";

const LANGUAGES: [Language; 8] = [
    ("en", "en-GB", ENGLISH),
    ("de", "de-CH", pack!("de")),
    ("es", "es-MX", pack!("es")),
    ("fr", "fr-CA", pack!("fr")),
    ("pt-BR", "pt-PT", pack!("pt-BR")),
    ("ar", "ar-EG", pack!("ar")),
    ("ja", "ja-JP", pack!("ja")),
    ("zh-Hans", "zh-CN", pack!("zh-Hans")),
];

/// Those that are looked at by people, and by axe-core.
const LOOKED_AT: [&str; 3] = ["de", "ar", "ja"];

const CHOOSE: &str = "const menu = document.querySelector('[data-testid=\"select-language\"]'); \
     menu.value = arguments[0]; menu.dispatchEvent(new Event('change', {bubbles: true}));";

fn words(pack: &'static str, key: &str) -> Result<&'static str> {
    let line = pack.lines().filter_map(|line| line.split_once(" = ")).find(|(one, _)| *one == key);
    Ok(line.with_context(|| format!("there is no {key}"))?.1)
}

/// What the page tells of itself, and what an element says.
async fn told(person: &Person, selector: &str) -> Result<[String; 3]> {
    let script = "const root = document.documentElement; const told = document.querySelector(arguments[0]); \
         return [root.lang, root.dir, (told?.getAttribute('aria-label') ?? told?.textContent ?? '').trim()];";
    person.run_for(script, vec![json!(selector)]).await
}

/// The page speaks this language, here and now.
async fn speaks(person: &Person, (tag, _, pack): Language, selector: &str, key: &str) -> Result<()> {
    let direction = if tag == "ar" { "rtl" } else { "ltr" };
    let (told, wanted) = (told(person, selector).await?, [tag, direction, words(pack, key)?]);
    ensure!(told == wanted, "{}'s page is {told:?} instead of {wanted:?}", person.name());
    Ok(())
}

async fn looks_well(person: &Person, (tag, ..): Language, page: &str) -> Result<()> {
    person.find_page_fits(&format!("{page} in {tag}")).await?;
    if LOOKED_AT.contains(&tag) && person.setup().kind == Kind::Chromium {
        person.screenshots(&format!("language-{page}-{tag}")).await?;
        person.find_page_accessible(&format!("{page} in {tag}")).await?;
    }
    Ok(())
}

/// The own tile is where lines end; keys move it as they point.
async fn keys_move_the_own_tile(person: &Person, (tag, ..): Language) -> Result<()> {
    const PRESS: &str = "const own = document.querySelector('[data-testid=tile][data-self=true]'); \
         own.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true})); \
         return own.dataset.corner;";
    let keys = [("ArrowLeft", "left"), ("ArrowRight", "right")];
    let [to_start, to_end] = if tag == "ar" { [keys[1], keys[0]] } else { keys };
    for (key, side) in [("Shift", to_end.1), to_start, to_end] {
        let _: Option<String> = person.run_for(PRESS, vec![json!(key)]).await?;
        let wanted = format!("bottom-{side}");
        person
            .expect(&format!("has its tile at the {wanted} after {key} in {tag}"), async || {
                let corner: Option<String> = person.run_for(PRESS, vec![json!("Shift")]).await?;
                ensure!(corner.as_deref() == Some(&wanted), "it is at {corner:?}");
                Ok(())
            })
            .await?;
    }
    Ok(())
}

async fn every_language_is_spoken(scene: &'static str, setup: fn() -> Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let bob = stage.person("bob", setup().with_small_media()).await?;
        bob.enter(&link).await?;
        for (first, second) in LANGUAGES.into_iter().zip(LANGUAGES.into_iter().cycle().skip(1)) {
            let alice = stage.person("alice", setup().with_small_media().speaking(first.1)).await?;
            alice.open_home(&server.url()).await?;
            // At once: no other language is shown before.
            speaks(&alice, first, "[data-testid=new-call]", "new_call").await?;

            alice.run_for::<Value>(CHOOSE, vec![json!(second.0)]).await?;
            alice
                .expect("speaks the chosen language", async || {
                    speaks(&alice, second, "[data-testid=new-call]", "new_call").await
                })
                .await?;
            alice.open_home(&server.url()).await?;
            speaks(&alice, second, "[data-testid=new-call]", "new_call").await?;
            looks_well(&alice, second, "home").await?;

            alice.open_lobby(&link).await?;
            speaks(&alice, second, "[data-testid=join]", "join").await?;
            looks_well(&alice, second, "lobby").await?;
            alice.click("open-devices").await?;
            alice.sees("select-camera").await?;
            looks_well(&alice, second, "devices").await?;

            alice.join().await?;
            speaks(&alice, second, "[data-testid=leave]", "leave").await?;
            alice.wait_for_others(&["bob"]).await?;
            alice.wait_for_tile("bob", "plays", |tile| tile.playing).await?;
            keys_move_the_own_tile(&alice, second).await?;
            looks_well(&alice, second, "call").await?;
            alice.open_panel().await?;
            speaks(&alice, second, "[data-testid=chat] h2", "title").await?;
            alice.say("שלום, hello, 你好").await?;
            looks_well(&alice, second, "chat").await?;

            alice.click("open-settings").await?;
            alice.sees("shortcuts").await?;
            speaks(&alice, second, "[data-testid=settings] h2", "settings").await?;
            looks_well(&alice, second, "settings").await?;

            alice.leave().await?;
            speaks(&alice, second, ".left h1", "left_title").await?;
            looks_well(&alice, second, "left").await?;
            stage.dismiss(alice).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_language_is_spoken_in_chromium() -> Outcome {
    every_language_is_spoken("languages", Setup::chromium).await
}

#[tokio::test]
async fn every_language_is_spoken_in_firefox() -> Outcome {
    every_language_is_spoken("languages_firefox", Setup::firefox).await
}

#[tokio::test]
async fn a_page_whose_words_cannot_be_had_speaks_english() -> Outcome {
    perform("languages_lost", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium().speaking("de-DE")).await?;
        alice.block(&["*/text/*"]).await?;
        alice.open_home(&server.url()).await?;
        speaks(&alice, LANGUAGES[0], "[data-testid=new-call]", "new_call").await?;
        alice.enter(&server.new_link()).await?;
        alice.block(&[]).await?;
        alice.open_home(&server.url()).await?;
        speaks(&alice, LANGUAGES[1], "[data-testid=new-call]", "new_call").await
    })
    .await
}
