//! A scene: one at a time, with its servers and people, and a report when it fails.

use std::cell::RefCell;
use std::fmt::{self, Debug, Formatter};
use std::rc::Rc;

use anyhow::{Context as _, Error, Result};
use futures_util::future::{join_all, try_join_all};
use tokio::sync::Mutex;

use crate::browser::Setup;
use crate::person::Person;
use crate::server::Server;

/// Browsers that compete for the machine make each other slow: scenes take turns, whatever the test runner does.
static TURN: Mutex<()> = Mutex::const_new(());

/// Where a scene plays.
#[derive(Debug)]
pub struct Stage {
    scene: &'static str,
    people: RefCell<Vec<Rc<Person>>>,
}

impl Stage {
    /// Starts the real server with these flags.
    pub async fn server(&self, flags: &[&str]) -> Result<Server> {
        Server::start(self.scene, flags).await
    }

    /// Seats one person.
    pub async fn person(&self, name: &str, setup: Setup) -> Result<Rc<Person>> {
        let person = Rc::new(Person::arrive(name, setup).await?);
        self.people.borrow_mut().push(Rc::clone(&person));
        Ok(person)
    }

    /// Seats several people at the same time.
    pub async fn people<const N: usize>(&self, cast: [(&str, Setup); N]) -> Result<[Rc<Person>; N]> {
        let people = try_join_all(cast.map(|(name, setup)| self.person(name, setup))).await?;
        <[Rc<Person>; N]>::try_from(people).ok().context("everybody has arrived")
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

/// Why a scene failed: its causes, one per line.
pub struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl Debug for Failed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chain().try_for_each(|cause| write!(f, "\n  {cause}"))
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
    let stage = Stage { scene, people: RefCell::default() };
    let outcome = play(&stage).await;
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
