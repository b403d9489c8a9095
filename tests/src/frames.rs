//! Pages within a page.

use anyhow::Result;

use crate::person::Person;

impl Person {
    /// From now on everything is done in the first frame of the page, whatever is in it.
    pub async fn enter_frame(&self) -> Result<()> {
        Ok(self.browser().session().enter_frame(0).await?)
    }

    /// From now on everything is done in the page itself again.
    pub async fn leave_frame(&self) -> Result<()> {
        Ok(self.browser().session().enter_default_frame().await?)
    }
}
