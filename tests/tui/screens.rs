//! The screens with tables, in every state, at the three sizes that matter, with styles.

use crate::support::{Ui, snapshot};

fn demo() -> Ui {
    Ui::demo("delete pods -n dev", "alice")
}

#[test]
fn who_can() {
    let mut ui = demo();
    snapshot("who-can", ui.command("who-can get secrets -A"));
    snapshot("who-can-unfolded", ui.press("down right"));
    snapshot("who-can-details", ui.press("tab"));
    snapshot("who-can-filtered", ui.press("esc /").type_in("pay"));
}
