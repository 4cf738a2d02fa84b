//! A phone that is nobody's any more.

use crate::{
    office::{CREW, Office},
    phone::Phone,
    terminal::Terminal,
};

#[tokio::test]
async fn a_wiped_phone_is_not_enrolled_and_never_says_that_all_is_safe() {
    let mut office = Office::new();
    office.dispatch(CREW);
    let phone = Phone::new(1);
    phone.sync(&mut office);
    phone.client.accept(phone.client.find_item("1").unwrap()).unwrap();
    phone.sync(&mut office);
    phone.client.wipe().await.unwrap();
    let terminal = Terminal::of_wiped(phone);
    for line in
        ["list", "list --all", "status", "status --json", "inbox", "edits", "show 1", "accept 1", "why 1", "due", "receipts", "book"]
    {
        let said = terminal.types(line);
        said.is(5, &["this phone is not enrolled", "`linecrew-phone enrol`"]);
        assert!(!said.text.contains("safe"), "{line}: {}", said.text);
    }
}
