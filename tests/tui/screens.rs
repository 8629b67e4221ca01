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

#[test]
fn matrix() {
    let mut ui = demo();
    snapshot("matrix", ui.command("can alice -n dev"));
    snapshot("matrix-unfolded", ui.press("right right space down"));
    snapshot("matrix-of-an-admin", ui.command("can bob"));
}

#[test]
fn rules() {
    let mut ui = demo();
    snapshot("rules", ui.command("rules"));
    snapshot("rules-filtered", ui.press("/").type_in("ghost"));
    snapshot("rules-of-a-role", ui.command("rules ClusterRole view"));
    snapshot("rules-of-a-binding", ui.command("rules RoleBinding dev/readers"));
    snapshot("rules-of-nothing", ui.command("rules veiw"));
}

#[test]
fn identities() {
    let mut ui = demo();
    snapshot("identities", ui.command("identities"));
    snapshot("identities-unfolded", ui.press("right"));
}

#[test]
fn findings() {
    let mut ui = demo();
    snapshot("findings", ui.command("lint"));
    snapshot("findings-fix", ui.press("down f"));
}
