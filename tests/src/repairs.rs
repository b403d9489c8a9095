//! What a page has done to mend its links, by the lines of its log: for scenes in which it matters which step helped.

use anyhow::{Result, ensure};

use crate::person::Person;
use crate::watch::Moment;

impl Person {
    /// The steps taken so far, oldest first.
    pub async fn repairs(&self) -> Result<Vec<String>> {
        Ok(self.log().await?.iter().filter_map(|(_, line)| repair(line)).map(str::to_owned).collect())
    }

    /// The last lines of the page's log, and when they were written.
    pub async fn log(&self) -> Result<Vec<(Moment, String)>> {
        self.read("return window.__recorded.log;").await
    }

    /// Waits until these steps have been taken, one after the other, whatever came in between.
    pub async fn wait_for_repairs(&self, wanted: &[&str]) -> Result<()> {
        self.expect(&format!("has taken the steps {wanted:?}"), async || {
            let taken = self.repairs().await?;
            let mut left = taken.iter();
            ensure!(wanted.iter().all(|step| left.any(|taken| taken == step)), "the steps are {taken:?}");
            Ok(())
        })
        .await
    }
}

/// What a line of the log says was done, such as `repair 2: ICE restarted`.
fn repair(line: &str) -> Option<&str> {
    let (number, what) = line.strip_prefix("repair ")?.split_once(": ")?;
    number.parse::<u32>().ok().map(|_| what)
}

#[cfg(test)]
mod tests {
    use super::repair;

    #[test]
    fn repairs_are_told_from_other_lines() {
        assert_eq!(repair("repair 12: ICE restarted, relay only"), Some("ICE restarted, relay only"));
        for line in ["", "repair", "repair shop: open", "nothing comes over a link"] {
            assert_eq!(repair(line), None, "{line}");
        }
    }
}
