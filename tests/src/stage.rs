//! A scene: one at a time, with its servers and people, and a report when it fails.

use std::cell::RefCell;
use std::fmt::{self, Debug, Formatter};
use std::rc::Rc;

use anyhow::{Context as _, Error, Result, ensure};
use futures_util::future::{join_all, try_join_all};
use tokio::sync::Mutex;

use crate::browser::Setup;
use crate::lab::Lab;
use crate::person::Person;
use crate::report;
use crate::server::Server;
use crate::stats::Expect;

/// Browsers that compete for the machine make each other slow: scenes take turns, whatever the test runner does.
static TURN: Mutex<()> = Mutex::const_new(());

/// Where a scene plays.
#[derive(Debug)]
pub struct Stage {
    scene: &'static str,
    people: RefCell<Vec<Rc<Person>>>,
    /// Kept until the scene has been reported on, or every report would tell of a lost server.
    servers: RefCell<Vec<Rc<Server>>>,
}

impl Stage {
    /// Starts the real server with these flags.
    pub async fn server(&self, flags: &[&str]) -> Result<Rc<Server>> {
        let server = Rc::new(Server::start(self.scene, flags).await?);
        self.servers.borrow_mut().push(Rc::clone(&server));
        Ok(server)
    }

    /// Starts the real server with these flags in the internet of a lab.
    pub async fn server_in(&self, lab: &Lab, flags: &[&str]) -> Result<Rc<Server>> {
        let server = Rc::new(Server::start_in(lab, self.scene, flags).await?);
        self.servers.borrow_mut().push(Rc::clone(&server));
        Ok(server)
    }

    /// Seats one person.
    pub async fn person(&self, name: &str, setup: Setup) -> Result<Rc<Person>> {
        let person = Rc::new(Person::arrive(name, setup).await?);
        self.people.borrow_mut().push(Rc::clone(&person));
        Ok(person)
    }

    /// Sends somebody home before the scene ends, unless their page complains.
    pub async fn dismiss(&self, person: Rc<Person>) -> Result<()> {
        let faults = person.faults().await;
        ensure!(faults.is_empty(), "{}'s page complains: {faults:?}", person.name());
        self.people.borrow_mut().retain(|seated| !Rc::ptr_eq(seated, &person));
        if let Some(person) = Rc::into_inner(person) {
            person.depart().await;
        }
        Ok(())
    }

    /// Lets somebody's page crash and be loaded again; gives them as they are from then on.
    pub async fn crash(&self, person: &Rc<Person>) -> Result<Rc<Person>> {
        let back = Rc::new(person.crash().await?);
        for seated in self.people.borrow_mut().iter_mut().filter(|seated| Rc::ptr_eq(seated, person)) {
            seated.clone_from(&back);
        }
        Ok(back)
    }

    /// Seats several people at the same time.
    pub async fn people<const N: usize>(&self, cast: [(&str, Setup); N]) -> Result<[Rc<Person>; N]> {
        let people = try_join_all(cast.map(|(name, setup)| self.person(name, setup))).await?;
        <[Rc<Person>; N]>::try_from(people).ok().context("everybody has arrived")
    }

    /// Seats several people, lets them enter one new room at the same time, and waits until each sees all others.
    pub async fn call<const N: usize>(
        &self,
        server: &Server,
        cast: [(&str, Setup); N],
    ) -> Result<(String, [Rc<Person>; N])> {
        let link = server.new_link();
        let people = self.people(cast).await?;
        try_join_all(people.iter().map(|person| person.enter(&link))).await?;
        all_see_each_other(&people).await?;
        Ok((link, people))
    }

    /// A page that throws, panics or breaks its own policy is broken even if the scene went well.
    async fn complain_for_the_pages(&self) -> Result<()> {
        let people = self.people.borrow().clone();
        for person in people {
            let faults = person.faults().await;
            ensure!(faults.is_empty(), "{}'s page complains: {faults:?}", person.name());
        }
        Ok(())
    }

    async fn report(&self) -> Result<()> {
        let people = self.people.borrow().clone();
        for person in people {
            person.report(&format!("{}-{}", self.scene, person.name())).await?;
        }
        Ok(())
    }

    async fn clear(self) {
        let people = self.people.into_inner().into_iter().filter_map(Rc::into_inner);
        join_all(people.map(Person::depart)).await;
    }
}

/// Waits until each of these people sees exactly the others, connected.
pub async fn all_see_each_other(people: &[Rc<Person>]) -> Result<()> {
    try_join_all(people.iter().map(async |person| {
        let others: Vec<&str> =
            people.iter().map(|other| other.name()).filter(|&name| name != person.name()).collect();
        person.wait_for_others(&others).await
    }))
    .await?;
    Ok(())
}

/// Waits until each of these people receives picture and sound from all others.
pub async fn all_see_and_hear_each_other(people: &[Rc<Person>]) -> Result<()> {
    all_see_each_other(people).await?;
    try_join_all(people.iter().map(|person| person.wait_for_media(people.len() - 1, Expect::BOTH))).await?;
    Ok(())
}

/// Why a scene failed: its causes, one per line.
pub struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl Debug for Failed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chain().try_for_each(|cause| {
            let cause = cause.to_string();
            // A driver adds its own stack, which tells nothing about the page.
            let (told, _) = cause.split_once("Stacktrace:").unwrap_or((&cause, ""));
            write!(f, "\n  {}", told.trim_end())
        })
    }
}

/// What a test that plays a scene returns.
pub type Outcome = std::result::Result<(), Failed>;

/// Plays a scene. Its name (also the test's) begins the names of the files it leaves in `target/e2e`.
///
/// # Errors
///
/// The scene's own, after the report is written.
pub async fn perform(scene: &'static str, play: impl AsyncFnOnce(&Stage) -> Result<()>) -> Outcome {
    let _turn = TURN.lock().await;
    report::discard(scene)?;
    let stage = Stage { scene, people: RefCell::default(), servers: RefCell::default() };
    let outcome = match play(&stage).await {
        Ok(()) => stage.complain_for_the_pages().await,
        Err(error) => Err(error),
    };
    let outcome = match outcome {
        Ok(()) => Ok(()),
        Err(error) => Err(Failed(match stage.report().await {
            Ok(()) => error.context(format!("{scene} failed; see target/e2e/{scene}-*")),
            Err(report) => error.context(format!("{scene} failed, and its report too ({report:#})")),
        })),
    };
    stage.clear().await;
    outcome
}

/// Plays a scene in a lab of its own, whose chance is the same in every run.
///
/// # Errors
///
/// Why there can be no lab here, or the scene's own.
pub async fn perform_in_lab(
    scene: &'static str,
    play: impl AsyncFnOnce(&Stage, &Lab) -> Result<()>,
) -> Outcome {
    const SEED: u64 = 3;
    // It outlives the scene, or the report on it would not reach the browsers.
    let lab = Lab::new(SEED).map_err(|obstacle| Failed(obstacle.into()))?;
    perform(scene, async |stage| play(stage, &lab).await).await
}
