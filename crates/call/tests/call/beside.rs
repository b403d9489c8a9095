//! What goes wrong beside a call, and what is told of it.

use super::*;

/// The numbers and problems of what is told.
fn told(call: &Call) -> Vec<(u32, Problem)> {
    call.view().notices.iter().map(|notice| (notice.id.0, notice.problem)).collect()
}

#[test]
fn what_was_not_saved_is_told_each_time_and_until_the_panel_is_opened_again() {
    let (mut call, _, _) = links::connected();
    let before = told(&call);
    feed(&mut call, Input::Beside(Some(Problem::FileNotSaved)));
    let first = told(&call);
    assert_eq!(first.len(), before.len() + 1);
    assert_eq!(first.last().map(|(_, problem)| *problem), Some(Problem::FileNotSaved));

    feed(&mut call, Input::Beside(Some(Problem::FileNotSaved)));
    let second = told(&call);
    assert_eq!(second.len(), first.len(), "it stands there once");
    assert_ne!(second.last(), first.last(), "but is read out anew");

    feed(&mut call, Input::Beside(None));
    assert_eq!(told(&call), before);
}

#[test]
fn a_panel_that_came_at_last_is_not_complained_of() {
    let (mut call, _, _) = links::connected();
    let before = told(&call);
    feed(&mut call, Input::Beside(Some(Problem::PanelNotLoaded)));
    assert_eq!(told(&call).last().map(|(_, problem)| *problem), Some(Problem::PanelNotLoaded));
    feed(&mut call, Input::Beside(None));
    assert_eq!(told(&call), before);
    feed(&mut call, Input::Beside(Some(Problem::PanelNotLoaded)));
    intent(&mut call, Intent::Leave);
    assert_eq!(told(&call), []);
}
