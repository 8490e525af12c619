//! The thirty faults that vigie stands, one test each by its number. Servers in the test process play the peers;
//! where a whole process has to die, hang or run out of disk, it is the built program.

mod disk;
mod floods;
mod hooks;
mod kills;
mod lists;
mod process;
mod smtp;
mod sources;
mod stage;
mod time;

#[path = "../support/running.rs"]
mod running;
#[path = "../support/world.rs"]
#[expect(dead_code, reason = "the whole daemon's tests need more of it")]
mod support;

#[test]
fn each_fault_has_one_test() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
    let mut numbers = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("UTF-8");
        numbers.extend(text.lines().filter_map(|line| {
            let (_, name) = line.split_once("fn fault_")?;
            name.get(..2)?.parse::<u32>().ok()
        }));
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
}
